import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';

const SPANS_PER_TRACE = 20;

/** `count` finished spans of traces of twenty: LLM calls whose rows are about 1.3 KB. No two have the same text. */
export function makeSpans(count: number): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const tracer = provider.getTracer('bench', '1.0.0');
  while (spans.length < count) {
    const root = tracer.startSpan('session', { attributes: { 'agentops.span.kind': 'session' } });
    const context = trace.setSpan(ROOT_CONTEXT, root);
    for (let i = 1; i < SPANS_PER_TRACE; i++) {
      const text = () => randomBytes(110).toString('base64');
      tracer
        .startSpan(
          'chat gpt-5',
          {
            kind: SpanKind.CLIENT,
            attributes: {
              'agentops.span.kind': 'llm',
              'event.type': 'llms',
              'event.id': randomBytes(8).toString('hex'),
              'agent.id': 'a-1',
              'gen_ai.provider.name': 'openai',
              'gen_ai.request.model': 'gpt-5',
              'gen_ai.response.model': 'gpt-5-2026-08-07',
              'gen_ai.usage.input_tokens': 120 + i,
              'gen_ai.usage.output_tokens': 33 + i,
              'gen_ai.input.messages': JSON.stringify([
                { role: 'user', parts: [{ type: 'text', content: text() }] },
              ]),
              'gen_ai.output.messages': JSON.stringify([
                { role: 'assistant', parts: [{ type: 'text', content: text() }], finish_reason: 'stop' },
              ]),
            },
          },
          context,
        )
        .end();
    }
    root.end();
  }
  return spans.slice(0, count);
}
