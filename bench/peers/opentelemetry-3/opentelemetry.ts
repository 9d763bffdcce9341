import { context, logs, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SetUp } from '../../support/providers/recording.ts';

/** What was said travels as log records: with the texts, or as the instrumentation has it by default, without. */
function setUpWith(captureMessageContent: boolean): SetUp {
  return ({ loadOpenAI, clientOptions, sinkUrl }) => {
    const spans = new BatchSpanProcessor({
      exporter: new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` }),
    });
    const records = new BatchLogRecordProcessor({
      exporter: new OTLPLogExporter({ url: `${sinkUrl}/v1/logs` }),
    });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [spans] }));
    logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [records] }));
    registerInstrumentations({ instrumentations: [new OpenAIInstrumentation({ captureMessageContent })] });
    const OpenAI = loadOpenAI();
    const tracer = trace.getTracer('benchmark');
    return {
      client: new OpenAI(clientOptions),
      run: (program) => tracer.startActiveSpan('benchmark', (span) => program().finally(() => span.end())),
      flush: async () => {
        await Promise.all([spans.forceFlush(), records.forceFlush()]);
      },
    };
  };
}

export const setUp: SetUp = setUpWith(true);
export const setUpWithoutContent: SetUp = setUpWith(false);
