import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { SetUp } from '../../support/providers/recording.ts';

export const setUp: SetUp = ({ loadOpenAI, clientOptions, sinkUrl }) => {
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` }));
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  const OpenAI = loadOpenAI();
  new OpenAIInstrumentation({ tracerProvider: provider }).manuallyInstrument(OpenAI);
  const tracer = provider.getTracer('benchmark');
  return {
    client: new OpenAI(clientOptions),
    run: (program) => tracer.startActiveSpan('benchmark', (span) => program().finally(() => span.end())),
    flush: () => processor.forceFlush(),
  };
};
