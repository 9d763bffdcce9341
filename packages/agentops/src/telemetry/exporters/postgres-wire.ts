import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { PostgresExporterOptions } from '../../config/exporter-options.ts';
import { messageOf } from '../failure.ts';
import { type EncodeRequest, encodeRequest } from './encode-request.ts';
import { halveRequest, type RequestPart } from './halve-request.ts';
import type { SendResult } from './sender.ts';
import type { Wire } from './wire.ts';

/** Not a literal in the `import`: the package is optional, and a bundler would insist on it. */
const PACKAGE: string = '@agentops/postgres';

/** The part of `@agentops/postgres` that is used. */
export interface PostgresModule {
  readonly PostgresSpanExporter: new (options: PostgresWriterOptions) => PostgresWriter;
}

export interface PostgresWriter {
  /**
   * Takes an OTLP request in protobuf. Rejects with an error that says by `retryable` whether a later attempt may succeed, by
   * `barred` whether it will once somebody has mended the set-up.
   */
  write(request: Uint8Array, signal?: AbortSignal): Promise<PostgresWritten>;
  shutdown(): Promise<void>;
}

export interface PostgresWritten {
  readonly stored: number;
  readonly rejected?: { readonly count: number; readonly message: string };
}

/** `timeout` in milliseconds, of one write. */
export type PostgresWriterOptions = Omit<
  PostgresExporterOptions,
  'type' | 'name' | 'batch' | 'retry' | 'format'
> & {
  readonly timeout: number;
};

/**
 * Batches straight into PostgreSQL, by the package `@agentops/postgres`, which is loaded with the first batch. At the
 * end of the process a batch goes to the spool: a connection takes too long to make.
 */
export class PostgresWire implements Wire {
  readonly #options: PostgresWriterOptions;
  readonly #load: () => Promise<PostgresModule>;
  readonly #encode: EncodeRequest;
  #writer: Promise<PostgresWriter> | undefined;
  #closed = false;

  constructor(
    options: PostgresWriterOptions,
    {
      load = () => import(PACKAGE) as Promise<PostgresModule>,
      encode = encodeRequest,
    }: { readonly load?: () => Promise<PostgresModule>; readonly encode?: EncodeRequest } = {},
  ) {
    this.#options = options;
    this.#load = load;
    this.#encode = encode;
  }

  encode(batch: readonly ReadableSpan[]): Uint8Array {
    return this.#encode(batch);
  }

  halve(request: Uint8Array): readonly RequestPart[] | undefined {
    return halveRequest(request);
  }

  async post(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    if (this.#closed) return { outcome: 'retry', message: 'the exporter was shut down' };
    try {
      const writer = await this.#open();
      const { rejected } = await writer.write(request, signal);
      return { outcome: 'delivered', ...(rejected !== undefined && rejected.count > 0 && { rejected }) };
    } catch (error) {
      return { outcome: outcomeOf(error), message: messageOf(error) };
    }
  }

  close(): void {
    this.#closed = true;
    // Failures have nobody left to tell.
    this.#writer?.then((writer) => writer.shutdown()).catch(() => {});
  }

  #open(): Promise<PostgresWriter> {
    this.#writer ??= this.#make().catch((error: unknown) => {
      // The package may be installed, or the options' files be there, by the next attempt.
      this.#writer = undefined;
      throw error;
    });
    return this.#writer;
  }

  async #make(): Promise<PostgresWriter> {
    const { PostgresSpanExporter }: Partial<PostgresModule> = await this.#load().catch(missing);
    if (PostgresSpanExporter === undefined) throw new Error(`${PACKAGE} is too old; install one that fits`);
    return new PostgresSpanExporter(this.#options);
  }
}

function outcomeOf(error: unknown): 'retry' | 'barred' | 'refused' {
  if (!(error instanceof Error)) return 'retry';
  if ('barred' in error && error.barred === true) return 'barred';
  return 'retryable' in error && error.retryable === false ? 'refused' : 'retry';
}

function missing(cause: unknown): never {
  const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
  if (!isAbsent || !cause.message.includes(PACKAGE)) throw cause;
  const message = `exporters of type postgres need the package ${PACKAGE}: npm install ${PACKAGE}`;
  throw new Error(message, { cause });
}
