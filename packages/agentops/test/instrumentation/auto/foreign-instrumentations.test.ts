import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { currentSession, type OtelInstrumentation, session, sessionTracer, shutdown } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';

afterEach(() => shutdown());

/** Makes one span when asked, as an instrumentation does when what it has patched is called. */
class Lamp implements OtelInstrumentation {
  readonly instrumentationName = '@example/instrumentation-lamp';
  on = false;
  #tracer: Tracer | undefined;

  setTracerProvider(provider: TracerProvider): void {
    this.#tracer = provider.getTracer(this.instrumentationName, '1.0.0');
  }

  enable(): void {
    this.on = true;
  }

  disable(): void {
    this.on = false;
  }

  light(): void {
    this.#tracer?.startSpan('light').end();
  }
}

describe('instrumentations of others (P4)', () => {
  it('has an instrumentation for the time of the client, its spans in the session', async () => {
    const lamp = new Lamp();
    const recording = startRecording({ instrumentations: { others: [lamp] } });
    await recording.client.ready;
    expect(lamp.on).toBe(true);
    await session('watch', () => lamp.light());

    const light = await recording.span('light');
    expect(parentOf(light)).toBe(idOf(await recording.span('watch')));
    expect(light.instrumentationScope).toMatchObject({
      name: '@example/instrumentation-lamp',
      version: '1.0.0',
    });
    await shutdown();
    expect(lamp.on).toBe(false);
    lamp.light();
    expect(recording.client.stats().exporters).toMatchObject({ InMemorySpanExporter: { ended: 2 } });
  });

  it('reports one that fails, and what is not installed, and goes on with the rest', async () => {
    const broken: OtelInstrumentation = Object.assign(new Lamp(), {
      enable(): void {
        throw new Error('no oil');
      },
    });
    const lamp = new Lamp();
    const instrumentations = { openllmetry: ['lighthouse'], others: [broken, lamp] };
    const { client, errors } = startRecording({ instrumentations });
    await client.ready;

    expect(lamp.on).toBe(true);
    expect(errors.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(
        /^invalid_config: instrumentations: there is no package @traceloop\/instrumentation-lighthouse .* installed: langchain/,
      ),
      'invalid_config: instrumentations: @example/instrumentation-lamp failed: no oil',
    ]);
  });

  it('leaves a library to ours where that is on', async () => {
    const instrumentations = { openai: true, openllmetry: ['openai'] };
    const { client, errors } = startRecording({ instrumentations });
    await client.ready;

    expect(errors.map(({ message }) => message)).toEqual([
      'instrumentations: openai is instrumented by agentops already; set openai: false to have OpenLLMetry do it',
    ]);
  });

  it('refuses what is no instrumentation', () => {
    const others = [{}] as OtelInstrumentation[];
    expect(() => startRecording({ instrumentations: { others } })).toThrow(
      /expected a list of Instrumentation objects \(with setTracerProvider/,
    );
  });

  it('exports and adds up nothing of denied scopes', async () => {
    const recording = startRecording({ instrumentations: { denyScopes: ['noise', '@noisy/*'] } });
    const { counts } = await session('run', async (run) => {
      for (const scope of ['noise', '@noisy/http', 'news']) trace.getTracer(scope).startSpan(scope).end();
      return run.telemetry;
    });

    const names = (await recording.spans()).map(({ name }) => name);
    expect(names).toEqual(['news', 'run']);
    expect(counts.spans).toBe(2);
  });
});

describe('sessionTracer (P5)', () => {
  it('hangs spans without a parent below the one open session, or starts it', async () => {
    const recording = startRecording();
    const tracer = sessionTracer('framework');
    tracer.startActiveSpan('outer', (outer) => {
      tracer.startSpan('inner').end();
      outer.end();
    });
    currentSession()?.end('Success');

    const [session, outer, inner] = await Promise.all(
      ['session', 'outer', 'inner'].map((name) => recording.span(name)),
    );
    expect(parentOf(outer!)).toBe(idOf(session!));
    expect(parentOf(inner!)).toBe(idOf(outer!));
    expect(inner?.attributes['session.id']).toBe(session?.attributes['session.id']);
  });

  it('leaves spans that have a parent, and root spans, where they are', async () => {
    const recording = startRecording();
    await session('run', () => sessionTracer('framework').startSpan('apart', { root: true }).end());

    expect(parentOf(await recording.span('apart'))).toBeUndefined();
  });
});
