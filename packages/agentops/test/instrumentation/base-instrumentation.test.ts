import { trace } from '@opentelemetry/api';
import { instrument, shutdown, startSession } from 'agentops';
import { OpenAI } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

describe('a call in a session that is not sampled (T6)', () => {
  it('keeps what the client starts below it in that session, so that it is not recorded either', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    const session = startSession();
    const traceIds: string[] = [];
    const client = instrument(
      new OpenAI({
        apiKey: 'test',
        fetch: async () => {
          const span = trace.getTracer('http').startSpan('POST');
          traceIds.push(span.spanContext().traceId);
          span.end();
          return Response.json({ id: 'chatcmpl-1', choices: [] });
        },
      }),
    );

    const answer = await client.chat.completions.create({ model: 'gpt-4o', messages: [] });

    expect(answer.id).toBe('chatcmpl-1');
    expect(traceIds).toEqual([session.traceId]);
    expect(await recording.spans()).toEqual([]);
  });
});
