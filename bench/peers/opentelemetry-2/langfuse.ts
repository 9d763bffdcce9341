import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { startActiveObservation } from '@langfuse/tracing';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { SetUp } from '../../support/providers/recording.ts';

export const setUp: SetUp = ({ loadOpenAI, clientOptions, sinkUrl }) => {
  const credentials = { publicKey: 'benchmark', secretKey: 'benchmark' };
  const processor = new LangfuseSpanProcessor({ ...credentials, baseUrl: sinkUrl });
  new NodeTracerProvider({ spanProcessors: [processor] }).register();
  const OpenAI = loadOpenAI();
  return {
    client: observeOpenAI(new OpenAI(clientOptions)),
    run: (program) => startActiveObservation('benchmark', program),
    flush: () => processor.forceFlush(),
  };
};
