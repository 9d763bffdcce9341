import { InMemorySpanExporter, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { ErrorEvent, init, session, shutdown, ToolEvent, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';

afterEach(() => shutdown());

/** Writes over everything it is given, as an exporter may that thinks it is alone. */
class ScribblingExporter implements SpanExporter {
  readonly spans: ReadableSpan[] = [];

  export(batch: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    for (const span of batch) {
      scribble(span.attributes);
      scribble(span.resource.attributes);
      scribble(span.status);
      scribble(span.instrumentationScope);
      scribble(span.spanContext());
      for (const event of span.events) scribble(event, event.attributes ?? {});
      for (const link of span.links) scribble(link.context);
      for (const value of Object.values(span.attributes)) if (Array.isArray(value)) value[0] = 'scribbled';
      Object.assign(span, { name: 'scribbled' });
      span.startTime[0] = 0;
      span.events.length = 0;
    }
    this.spans.push(...batch);
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}

function scribble(...objects: object[]): void {
  for (const object of objects) {
    for (const key of Object.keys(object)) Object.assign(object, { [key]: 'scribbled' });
    Object.assign(object, { scribbled: true });
  }
}

/** A session that has all that a span can have. */
function run(): void {
  session('trip', (trip) => {
    tool({ name: 'search', attributes: { stops: ['Lisbon', 'Vienna'] } }, () => {});
    const trigger = trip.record(new ToolEvent({ name: 'book' }));
    trip.record(new ErrorEvent({ exception: new Error('sold out'), triggerEvent: trigger }));
  });
}

describe('exporters of the user’s own (T2, T3)', () => {
  it('do what they like to the spans they are given, and no other exporter sees it', async () => {
    const memory = new InMemorySpanExporter();
    const scribbling = new ScribblingExporter();
    const client = init({ exporters: [scribbling, memory], logs: { level: 'silent' } });
    run();
    await client.flush();

    expect(scribbling.spans.map(({ name }) => name)).toEqual(Array(4).fill('scribbled'));
    const spans = memory.getFinishedSpans();
    const search = spans.find(({ name }) => name === 'execute_tool search');
    expect(search?.attributes.stops).toEqual(['Lisbon', 'Vienna']);
    const failure = spans.find(({ name }) => name.startsWith('error'));
    expect(failure?.events[0]?.attributes).toMatchObject({ 'exception.message': 'sold out' });
    expect(failure?.links[0]?.context.spanId).toMatch(/^[0-9a-f]{16}$/);
    const seen = JSON.stringify(spans.map((span) => [span, span.spanContext(), span.resource.attributes]));
    expect(seen).not.toContain('scribbled');
  });

  it('keep spans of one Resource and one scope together', async () => {
    const memory = new InMemorySpanExporter();
    const client = init({ exporters: [memory, new InMemorySpanExporter()], logs: { level: 'silent' } });
    run();
    await client.flush();

    const spans = memory.getFinishedSpans();
    expect(new Set(spans.map(({ resource }) => resource)).size).toBe(1);
    expect(new Set(spans.map(({ instrumentationScope }) => instrumentationScope)).size).toBe(1);
  });
});
