/** Stable, machine-readable reasons of an {@link AgentOpsError}. */
export type AgentOpsErrorCode =
  /** An option has a wrong name, type or value. Thrown by `init` when it stands in code. */
  | 'invalid_config'
  /** A second `init` with other options than the first. */
  | 'already_initialised'
  /** A call needs a session and there is none. */
  | 'no_session'
  /** A call outside every session's context while several are open. */
  | 'ambiguous_session'
  /** A session was ended twice. */
  | 'session_ended'
  /** So many sessions are open that the oldest was ended. */
  | 'too_many_sessions'
  /** A session was to be ended or handed over by a process that does not have it. */
  | 'session_not_owned'
  /** A session id, time, event or reference that cannot be used. */
  | 'invalid_argument'
  /** An exporter refused spans or could not be reached. */
  | 'export_failed'
  /** Spans were lost; the message says why, `client.stats()` how many. */
  | 'spans_dropped'
  /** Spans could not be sent and were kept on disk; they are sent later. */
  | 'spans_spooled'
  /** Log records were lost on their way to `logs.otlp`. */
  | 'logs_dropped'
  /** The spool could not be read or written. */
  | 'spool_failed'
  /** A record in a spool file was damaged and skipped. */
  | 'spool_damaged'
  /** Metrics could not be served or sent. */
  | 'metrics_failed'
  /** A redaction rule failed, and what it should have judged was masked whole; or it held the program up. */
  | 'redaction_failed'
  /** `SessionApiClient` got no answer from the backend. */
  | 'api_unreachable'
  /** The backend's API refused a request; the error's `status` and `reason` say how. */
  | 'api_refused'
  /** What answered `SessionApiClient` is no API of the backend's. */
  | 'api_invalid_answer'
  /** A fault inside the SDK; the user's program went on undisturbed. */
  | 'internal';

/**
 * Every error this SDK makes. `message` says what was wrong, where it came from and what to do.
 * Of recording, only wrong configuration in code is thrown; the rest reaches `onError` and OpenTelemetry's `diag`.
 */
export class AgentOpsError extends Error {
  override readonly name: string = 'AgentOpsError';
  readonly code: AgentOpsErrorCode;

  constructor(code: AgentOpsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
