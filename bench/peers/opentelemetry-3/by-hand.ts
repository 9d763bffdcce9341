import { context, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources';
import type { SetUp } from '../../support/providers/recording.ts';

/**
 * What no instrumentation is: the few lines with which a program writes down its own calls, knowing how each is made and
 * that it succeeds. A span of OpenTelemetry's SDK, what was asked and answered as JSON, and nothing else.
 */
export const setUp: SetUp = ({ loadOpenAI, clientOptions, sinkUrl }) => {
  const spans = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` }) });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [spans] }));
  const OpenAI = loadOpenAI();
  const tracer = trace.getTracer('benchmark');
  const client = new OpenAI(clientOptions);
  const { completions } = client.chat;
  const create = completions.create.bind(completions);
  const recorded = async (body: ChatCompletionCreateParamsNonStreaming): Promise<ChatCompletion> => {
    const span = tracer.startSpan(`chat ${body.model}`, { kind: SpanKind.CLIENT });
    const answer = await context.with(trace.setSpan(context.active(), span), () => create(body));
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': body.model,
      'gen_ai.response.model': answer.model,
      'gen_ai.usage.input_tokens': answer.usage?.prompt_tokens,
      'gen_ai.usage.output_tokens': answer.usage?.completion_tokens,
      'gen_ai.input.messages': JSON.stringify(body.messages),
      'gen_ai.output.messages': JSON.stringify(answer.choices),
    });
    span.end();
    return answer;
  };
  Object.assign(completions, { create: recorded });
  return {
    client,
    run: (program) => tracer.startActiveSpan('benchmark', (span) => program().finally(() => span.end())),
    flush: () => spans.forceFlush(),
  };
};
