/**
 * What goes wrong with a reply. A chunk is one server-sent event as it goes over the wire; an answer without a stream
 * is one chunk. A count past the end counts as the end, so a fault always happens.
 */
export type Fault = StatusFault | DelayFault | CutFault | HangFault | MalformedFault | ErrorEventFault;

/** The provider answers with an HTTP error in its own envelope. */
export interface StatusFault {
  kind: 'status';
  /** 400–599. */
  status: number;
  message?: string;
  /** The machine-readable code: OpenAI's `error.code`, Anthropic's `error.details.error_code`. */
  code?: string;
  /** Seconds, sent as `Retry-After`. */
  retryAfter?: number;
}

/** The answer is right but late. */
export interface DelayFault {
  kind: 'delay';
  /** Milliseconds before the first byte. */
  ms: number;
}

/** The connection breaks: at once, or after the headers and this many chunks. */
export interface CutFault {
  kind: 'cut';
  afterChunks?: number;
}

/** The provider falls silent with the connection open: at once, or after the headers and this many chunks. */
export interface HangFault {
  kind: 'hang';
  afterChunks?: number;
}

/** One chunk is not valid JSON. */
export interface MalformedFault {
  kind: 'malformed';
  /** Which one, from 0. */
  chunk: number;
}

/**
 * The stream breaks off with the provider's error event. A request without `stream` gets the same error as an HTTP
 * answer.
 */
export interface ErrorEventFault {
  kind: 'error-event';
  afterChunks: number;
  /** The HTTP status this error would have had, which decides its type; default 500. */
  status?: number;
  message?: string;
}
