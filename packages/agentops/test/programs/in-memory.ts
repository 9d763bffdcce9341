import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';

/** Keeps what it is given beyond its shutdown. */
export class InMemory extends InMemorySpanExporter {
  override async shutdown(): Promise<void> {}
}

/** Prints the names of all spans but the session's, in the order of their ends, as JSON. */
export function report(memory: InMemorySpanExporter): void {
  const names = memory.getFinishedSpans().map(({ name }) => name);
  console.log(JSON.stringify(names.filter((name) => name !== 'ask')));
}
