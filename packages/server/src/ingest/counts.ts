/** What the receiver has done since the server started. */
export interface IngestCounts {
  /** Spans committed to the store. */
  spansStored: number;
  /** Spans that can never be stored, each reported to its sender. */
  spansRejected: number;
  /** Requests answered with an error, of which nothing was stored. */
  requestsRefused: number;
  /** Requests to `/v1/logs`: accepted and discarded. */
  logRequestsDiscarded: number;
  /** Requests to `/v1/metrics`: accepted and discarded. */
  metricRequestsDiscarded: number;
}

/** Counts from nothing. */
export function noCounts(): IngestCounts {
  return {
    spansStored: 0,
    spansRejected: 0,
    requestsRefused: 0,
    logRequestsDiscarded: 0,
    metricRequestsDiscarded: 0,
  };
}
