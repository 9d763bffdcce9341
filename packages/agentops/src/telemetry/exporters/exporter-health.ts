import type { SendResult } from './sender.ts';

/** How the attempts of one exporter have gone so far. Times are ISO 8601. */
export interface ExporterHealthStats {
  /** When the destination last took what it was sent. */
  readonly lastSuccess?: string;
  /** Of the last attempt that failed, whatever came after it. */
  readonly lastError?: { readonly at: string; readonly message: string };
  /** Since the last success. Not 0: the destination does not take spans now. */
  readonly failuresInARow: number;
}

/** Remembers when a destination last took something, and what it said when it last did not. */
export class ExporterHealth {
  #lastSuccess: number | undefined;
  #lastError: { readonly at: number; readonly message: string } | undefined;
  #failuresInARow = 0;

  record(result: SendResult): void {
    if (result.outcome === 'delivered') {
      this.#lastSuccess = Date.now();
      this.#failuresInARow = 0;
    } else {
      this.#lastError = { at: Date.now(), message: result.message };
      this.#failuresInARow += 1;
    }
  }

  get stats(): ExporterHealthStats {
    const lastSuccess = this.#lastSuccess;
    const lastError = this.#lastError;
    return {
      ...(lastSuccess !== undefined && { lastSuccess: new Date(lastSuccess).toISOString() }),
      ...(lastError !== undefined && {
        lastError: { ...lastError, at: new Date(lastError.at).toISOString() },
      }),
      failuresInARow: this.#failuresInARow,
    };
  }
}
