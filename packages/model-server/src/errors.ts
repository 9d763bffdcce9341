/** An error as a provider reports it, before it has that provider's envelope. */
export interface ErrorReport {
  status: number;
  message: string;
  /** A machine-readable code, where there is one. */
  code?: string | undefined;
  /** The request's field that was wrong, where it was one. */
  param?: string | undefined;
}

/** A request that gets an error for an answer. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.message);
    this.report = report;
  }
}

/** What is reported to the client of anything that was thrown: a failure of ours or of the script is a 500. */
export function reportOf(thrown: unknown): ErrorReport {
  if (thrown instanceof RequestRefused) return thrown.report;
  return { status: 500, message: thrown instanceof Error ? thrown.message : String(thrown) };
}
