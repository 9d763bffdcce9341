import { always, startModelServer } from '@agentops/model-server';
import { context, trace } from '@opentelemetry/api';
import { instrument, session, shutdown } from 'agentops';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';

afterEach(() => shutdown());

/** Calls a model with a client whose `fetch` hands the context it runs in to `look`. */
async function callModel(look: () => void): Promise<void> {
  await using model = await startModelServer({ script: always({ text: 'Sunny.' }) });
  const client = instrument(
    new OpenAI({
      apiKey: 'key',
      baseURL: `${model.url}/v1`,
      fetch: (...request) => {
        look();
        return fetch(...request);
      },
    }),
  );
  await session('weather', () =>
    client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Vienna?' }] }),
  );
}

describe("the context of a model's request (C3, S8)", () => {
  it("has the call's span as the current one while the call runs", async () => {
    const recording = startRecording();
    await callModel(() => trace.getActiveSpan()?.setAttribute('seen', true));

    expect((await recording.span('chat gpt-4o')).attributes).toMatchObject({ seen: true });
  });

  it('lets go of the span at its end, and still says where what starts late belongs', async () => {
    const recording = startRecording();
    let kept = context.active();
    await callModel(() => {
      kept = context.active();
    });
    expect(trace.getSpan(kept)).not.toHaveProperty('attributes');
    trace.getTracer('late').startSpan('late', {}, kept).end();

    const call = await recording.span('chat gpt-4o');
    const late = await recording.span('late');
    expect(parentOf(late)).toBe(idOf(call));
    expect(late.spanContext().traceId).toBe(call.spanContext().traceId);
  });

  it('is a context like any other to whoever adds to it', async () => {
    startRecording();
    const key = Symbol('key');
    const seen: unknown[] = [];
    await callModel(() => {
      const active = context.active();
      const more = active.setValue(key, 'value');
      const less = trace.deleteSpan(active);
      seen.push(more.getValue(key), trace.getSpan(more) === trace.getSpan(active), trace.getSpan(less));
    });

    expect(seen).toEqual(['value', true, undefined]);
  });
});
