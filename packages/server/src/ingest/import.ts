import { decodeTraces, OtlpDecodeError } from '@agentops/otlp';
import type { SpanStore } from '@agentops/postgres';

/** What an import has done. */
export interface ImportResult {
  /** Spans that are in the store now. */
  stored: number;
  /** Spans that can never be stored; the store keeps them apart, with the reason. */
  rejected: number;
}

/**
 * Stores OTLP requests in JSON, one a line, as the Collector's file exporter writes them. A span that is there already
 * stays one, so an import that broke off can be run again. Rejects, naming the line, where one is no such request.
 */
export async function importTraces(
  store: SpanStore,
  project: string,
  lines: AsyncIterable<string>,
): Promise<ImportResult> {
  const result: ImportResult = { stored: 0, rejected: 0 };
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const { rows, rejected } = decodeLine(line, number);
    const written = await store.write(project, rows);
    if (rejected.length > 0) await store.setAside(project, rejected);
    result.stored += written.stored;
    result.rejected += rejected.length + written.rejected.length;
  }
  return result;
}

function decodeLine(line: string, number: number): ReturnType<typeof decodeTraces> {
  try {
    return decodeTraces(Buffer.from(line), 'application/json');
  } catch (error) {
    if (!(error instanceof OtlpDecodeError)) throw error;
    throw new Error(`Line ${number} is no OTLP request in JSON: ${error.message}`, { cause: error });
  }
}
