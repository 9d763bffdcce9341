import process from 'node:process';
import type { TlsOptions } from '../config/exporter-options.ts';
import { plainTextProblem } from '../config/plain-text.ts';
import { AgentOpsError } from '../errors.ts';
import { HEADER_SDK_NAME, HEADER_SDK_VERSION } from '../semconv/headers.ts';
import { networkDestination, parseUrl } from '../telemetry/transport/network-destination.ts';
import { VERSION } from '../version.ts';
import { type ApiRequest, ApiRequests } from './api-requests.ts';
import type {
  Health,
  Readiness,
  SessionDocument,
  SessionFilter,
  SessionList,
  SessionListQuery,
  SessionSummary,
  SpanDocument,
  SpanList,
  Stats,
  StatsQuery,
} from './documents.ts';

export interface SessionApiClientOptions {
  /** Base URL of the backend. Default `http://localhost:4600`. */
  readonly endpoint?: string | undefined;
  /** Sent as `Authorization: Bearer …`; refused over plain HTTP to anything but loopback unless `insecure` is set. */
  readonly apiKey?: string | undefined;
  /** Further request headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Allows credentials in plain text to hosts other than loopback. */
  readonly insecure?: boolean | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds one attempt may take. Default 15,000, which is longer than the backend lets a query run. */
  readonly timeout?: number | undefined;
  /** Milliseconds a call may take with all its attempts and the waits between them. Default 30,000. */
  readonly deadline?: number | undefined;
  readonly retry?: ApiRetryOptions | undefined;
}

/** How calls are tried again: they only read, so trying again is always safe. */
export interface ApiRetryOptions {
  /** Attempts in all. Default 4. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt; doubles from there, with jitter. Default 200. */
  readonly initial?: number | undefined;
  /** Milliseconds between attempts at most, unless the backend asks for more by `Retry-After`. Default 5,000. */
  readonly max?: number | undefined;
}

/** What every call can be given. */
export interface ApiCallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_DEADLINE_MS = 30_000;
const DEFAULT_RETRY = { attempts: 4, initial: 200, max: 5000 };

/** The longest time a timer of Node's can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What the backend gives at once. */
const LARGEST_PAGE = 200;

/**
 * Reads what the backend has recorded. Its requests carry the trace context and the session of the caller, and make no
 * spans. Every method rejects with an {@link AgentOpsApiError} where the backend does not answer with the document, after
 * trying again where that may help; connections are kept, and those that idle keep no process alive.
 */
export class SessionApiClient implements Disposable {
  readonly #requests: ApiRequests;

  /** @throws {AgentOpsError} `invalid_config` where an option cannot be used. */
  constructor({
    endpoint = 'http://localhost:4600',
    apiKey,
    headers = {},
    insecure = false,
    tls,
    timeout = DEFAULT_TIMEOUT_MS,
    deadline = DEFAULT_DEADLINE_MS,
    retry = {},
  }: SessionApiClientOptions = {}) {
    const url = parseUrl(endpoint, '');
    const hasSecret = apiKey !== undefined || Object.keys(headers).length > 0;
    const exposed = hasSecret && !insecure ? plainTextProblem(url) : undefined;
    if (exposed !== undefined) {
      throw new AgentOpsError('invalid_config', `endpoint = "${url.origin}": ${exposed}`);
    }
    const own = {
      'user-agent': `agentops-js/${VERSION} node/${process.versions.node}`,
      accept: 'application/json',
      [HEADER_SDK_NAME]: 'agentops',
      [HEADER_SDK_VERSION]: VERSION,
    };
    const destination = networkDestination(
      { transport: 'http', url, tokenOption: 'apiKey' },
      { headers: { ...own, ...headers }, token: apiKey, tls },
    );
    this.#requests = new ApiRequests(destination, {
      timeout: checked('timeout', timeout),
      deadline: checked('deadline', deadline),
      retry: {
        attempts: checked('retry.attempts', retry.attempts ?? DEFAULT_RETRY.attempts),
        initial: checked('retry.initial', retry.initial ?? DEFAULT_RETRY.initial),
        max: checked('retry.max', retry.max ?? DEFAULT_RETRY.max),
      },
    });
  }

  /** That the process is up and is an AgentOps backend; needs no key. */
  async health(options: ApiCallOptions = {}): Promise<Health> {
    const isAnswer = (document: object) => 'service' in document && document.service === 'agentops';
    return this.#get<Health>({ path: '/healthz', isAnswer, ...options });
  }

  /** That its database answers too. */
  async ready(options: ApiCallOptions = {}): Promise<Readiness> {
    return this.#get<Readiness>({ path: '/readyz', isAnswer: has('status'), ...options });
  }

  /** One page of the sessions that match, newest first. */
  async sessions(query: SessionListQuery = {}, options: ApiCallOptions = {}): Promise<SessionList> {
    return this.#get<SessionList>({ path: '/api/sessions', query, isAnswer: has('sessions'), ...options });
  }

  /** Every session that matches, newest first; pages are fetched as they are needed. */
  async *everySession(
    filter: SessionFilter = {},
    options: ApiCallOptions = {},
  ): AsyncGenerator<SessionSummary, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.sessions({ ...filter, limit: LARGEST_PAGE, cursor }, options);
      yield* page.sessions;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /**
   * One session, with totals by agent, metadata and resource; never older than the last span the backend has taken.
   *
   * @param sessionId Of the session or of its trace, with dashes or without.
   */
  async session(sessionId: string, options: ApiCallOptions = {}): Promise<SessionDocument> {
    const path = sessionPath(sessionId);
    return this.#get<SessionDocument>({ path, isAnswer: has('session_id'), ...options });
  }

  /** Every span of a session, by start time, without its attributes. */
  async spans(sessionId: string, options: ApiCallOptions = {}): Promise<SpanList> {
    const path = `${sessionPath(sessionId)}/spans`;
    return this.#get<SpanList>({ path, isAnswer: has('spans'), ...options });
  }

  /** One span with everything. */
  async span(sessionId: string, spanId: string, options: ApiCallOptions = {}): Promise<SpanDocument> {
    const path = `${sessionPath(sessionId)}/spans/${segment('spanId', spanId)}`;
    return this.#get<SpanDocument>({ path, isAnswer: has('span_id'), ...options });
  }

  /** Counts, tokens, cost and latencies by time; some seconds behind the spans. */
  async stats(query: StatsQuery = {}, options: ApiCallOptions = {}): Promise<Stats> {
    return this.#get<Stats>({ path: '/api/stats', query, isAnswer: has('points'), ...options });
  }

  /** Ends its connections. What is under way is rejected, and so is every later call. */
  close(): void {
    this.#requests.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #get<Document>(request: ApiRequest): Promise<Document> {
    return (await this.#requests.get(request)) as Document;
  }
}

/** The one key by which an answer is known: a newer backend may have changed the others. */
function has(key: string): (document: object) => boolean {
  return (document) => key in document;
}

function sessionPath(sessionId: string): string {
  return `/api/sessions/${segment('sessionId', sessionId)}`;
}

/** @throws {AgentOpsError} `invalid_argument` for what would make another address of it. */
function segment(name: string, id: string): string {
  if (typeof id === 'string' && !/^\.{0,2}$/.test(id)) return encodeURIComponent(id);
  throw new AgentOpsError('invalid_argument', `${name} = ${JSON.stringify(id)}: expected an id`);
}

/** @throws {AgentOpsError} `invalid_config` for what no timer of Node's can wait. */
function checked(option: string, value: number): number {
  if (value >= 1 && value <= MAX_TIMER_MS) return value;
  throw new AgentOpsError(
    'invalid_config',
    `${option} = ${value}: expected a number from 1 to ${MAX_TIMER_MS}`,
  );
}
