/**
 * What the benchmark uses of the peers. Written down here because they are installed by the benchmark alone, and types
 * are checked everywhere.
 */

declare module '@langfuse/openai' {
  export function observeOpenAI<Client extends object>(client: Client): Client;
}

declare module '@langfuse/otel' {
  export class LangfuseSpanProcessor {
    constructor(options: { publicKey: string; secretKey: string; baseUrl: string });
    forceFlush(): Promise<void>;
  }
}

declare module '@langfuse/tracing' {
  export function startActiveObservation<Result>(name: string, work: () => Result): Result;
}

declare module '@traceloop/node-server-sdk' {
  export function initialize(options: {
    appName: string;
    apiKey: string;
    baseUrl: string;
    instrumentModules: { openAI: unknown };
    traceloopSyncEnabled: boolean;
    silenceInitializationMessage: boolean;
  }): void;
  export function withWorkflow(options: { name: string }, work: () => Promise<void>): Promise<void>;
  export function forceFlush(): Promise<void>;
}

declare module '@lmnr-ai/lmnr' {
  export const Laminar: {
    initialize(options: {
      projectApiKey: string;
      baseUrl: string;
      httpPort: number;
      forceHttp: boolean;
      instrumentModules: { OpenAI: unknown };
    }): void;
    flush(): Promise<void>;
  };
  export function observe<Result>(options: { name: string }, work: () => Result): Result;
}

declare module '@arizeai/openinference-instrumentation-openai' {
  export class OpenAIInstrumentation {
    constructor(options: { tracerProvider: import('@opentelemetry/api').TracerProvider });
    manuallyInstrument(OpenAI: unknown): void;
  }
}

declare module '@opentelemetry/instrumentation-openai' {
  export class OpenAIInstrumentation {
    constructor(options: { captureMessageContent: boolean });
  }
}

declare module '@opentelemetry/instrumentation' {
  export function registerInstrumentations(options: { instrumentations: readonly object[] }): void;
}

declare module '@opentelemetry/sdk-trace-base' {
  export class BatchSpanProcessor {
    constructor(exporter: object);
    forceFlush(): Promise<void>;
  }
}

declare module '@opentelemetry/sdk-trace-node' {
  export class NodeTracerProvider {
    constructor(options: { spanProcessors: readonly object[] });
    register(): void;
    getTracer(name: string): import('@opentelemetry/api').Tracer;
  }
}

declare module '@opentelemetry/exporter-trace-otlp-proto' {
  export class OTLPTraceExporter {
    constructor(options: { url: string });
    export: import('@opentelemetry/sdk-trace').SpanExporter['export'];
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
  }
}

declare module '@opentelemetry/exporter-logs-otlp-proto' {
  export class OTLPLogExporter {
    constructor(options: { url: string });
    export: import('@opentelemetry/sdk-logs').LogRecordExporter['export'];
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
  }
}
