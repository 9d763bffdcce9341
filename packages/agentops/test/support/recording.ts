import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { type AgentOpsError, type Client, type InitOptions, init } from 'agentops';

/** A client whose spans end up in memory, and what it reported. */
export interface Recording {
  readonly client: Client;
  readonly errors: readonly AgentOpsError[];
  /** Every span that has ended, in the order of their ends. */
  spans(): Promise<readonly ReadableSpan[]>;
  /** The one span of that name. */
  span(name: string): Promise<ReadableSpan>;
}

/** Starts the SDK with an exporter in memory beside those of `options`. */
export function startRecording({ exporters = [], ...options }: InitOptions = {}): Recording {
  const memory = new InMemorySpanExporter();
  const errors: AgentOpsError[] = [];
  const client = init({
    logs: { level: 'silent' },
    onError: (error) => errors.push(error),
    ...options,
    exporters: [memory, ...exporters],
  });
  const spans = async (): Promise<readonly ReadableSpan[]> => {
    await client.flush();
    return memory.getFinishedSpans();
  };
  return {
    client,
    errors,
    spans,
    async span(name) {
      const all = await spans();
      const [found, ...others] = all.filter((span) => span.name === name);
      if (found === undefined || others.length > 0) {
        const names = all.map((span) => span.name).join(', ');
        throw new Error(`expected one span "${name}", found ${others.length + (found ? 1 : 0)} in: ${names}`);
      }
      return found;
    },
  };
}

/** The id of the span that `span` hangs below; undefined for a root. */
export function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId;
}

export function idOf(span: ReadableSpan): string {
  return span.spanContext().spanId;
}

/** JSON that an attribute carries. */
export function jsonOf(span: ReadableSpan, attribute: string): unknown {
  return JSON.parse(String(span.attributes[attribute]));
}
