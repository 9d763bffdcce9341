import { type Fault, type ModelReply, type Script, sequence } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import type { AnswerWay } from '../support/answer-ways.ts';
import { type ControlRun, controlRun, type Staging } from '../support/control-run.ts';
import type { ClientOptions, ProviderCase } from '../support/provider-case.ts';

/** What becomes of a call: what the server does, and what the span has to say of it. */
interface Ending {
  readonly name: string;
  readonly replies: readonly ModelReply[];
  readonly client?: ClientOptions;
  readonly unreachable?: boolean;
  /** The program aborts once its request has arrived. */
  readonly aborted?: boolean;
  /** `error.type` by provider; absent where the call succeeds. */
  readonly errorType?: Readonly<Record<ProviderCase['name'], string>>;
  /** The fault lies in the body, which not everybody reads. */
  readonly inBody?: boolean;
  /** Requests that reach the server. Default 1. */
  readonly requests?: number;
}

const answer: ModelReply = { text: 'It is 21 degrees.' };
const failing = (fault: Fault): ModelReply => ({ ...answer, fault });
const status = (code: number): ModelReply => failing({ kind: 'status', status: code, retryAfter: 0.01 });
const each = (stainless: string, google: string) => ({ openai: stainless, anthropic: stainless, google });

const ENDINGS: readonly Ending[] = [
  { name: 'an answer', replies: [answer] },
  { name: 'HTTP 400', replies: [status(400)], errorType: each('invalid_request_error', 'INVALID_ARGUMENT') },
  {
    name: 'HTTP 401',
    replies: [failing({ kind: 'status', status: 401, code: 'invalid_api_key' })],
    errorType: { openai: 'invalid_api_key', anthropic: 'authentication_error', google: '401' },
  },
  {
    name: 'HTTP 429',
    replies: [status(429)],
    errorType: { openai: 'rate_limit_exceeded', anthropic: 'rate_limit_error', google: 'RESOURCE_EXHAUSTED' },
  },
  {
    name: 'HTTP 500 to every attempt',
    replies: [status(500), status(500)],
    client: { maxRetries: 1 },
    errorType: { openai: 'server_error', anthropic: 'api_error', google: 'INTERNAL' },
    requests: 2,
  },
  {
    name: 'an answer at the second attempt',
    replies: [status(429), answer],
    client: { maxRetries: 2 },
    requests: 2,
  },
  {
    name: 'a refused connection',
    replies: [],
    unreachable: true,
    errorType: each('APIConnectionError', 'TypeError'),
    requests: 0,
  },
  {
    name: 'a connection cut before the answer',
    replies: [failing({ kind: 'cut' })],
    errorType: each('APIConnectionError', 'TypeError'),
  },
  {
    name: 'a time-out',
    replies: [failing({ kind: 'hang' })],
    client: { timeout: 120 },
    errorType: each('APIConnectionTimeoutError', 'AbortError'),
  },
  {
    name: 'an abort while the server is silent',
    replies: [failing({ kind: 'hang' })],
    aborted: true,
    errorType: each('APIUserAbortError', 'AbortError'),
  },
  {
    name: 'an answer that is no JSON',
    replies: [failing({ kind: 'malformed', chunk: 0 })],
    errorType: each('SyntaxError', 'SyntaxError'),
    inBody: true,
  },
];

/** Every way of asking for a whole answer, with everything that may become of it. */
export function describeAnswers(provider: ProviderCase): void {
  describe.each(provider.answers)('$name: a call is the same with and without us (P3, P6)', (way) => {
    it.each(ENDINGS)('$name', async (ending) => {
      const { plain, watched, calls } = await arrivedRun(provider, way, ending);

      expect(watched).toEqual(plain);
      expect(plain.requests).toHaveLength(ending.requests ?? 1);
      expect(plain.seen).not.toEqual([]);
      const expectedError = ending.inBody && way.readsBody === false ? undefined : ending.errorType;
      const { name, model } = way.span ?? { name: provider.spanName, model: provider.model };
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({
        name,
        status: { code: expectedError === undefined ? 0 : 2 },
        attributes: { 'gen_ai.provider.name': provider.provider, 'gen_ai.request.model': model },
      });
      expect(calls[0]?.attributes['error.type']).toBe(expectedError?.[provider.name]);
      expect(calls[0]?.events).toHaveLength(expectedError === undefined ? 0 : 1);
      const isCounted = expectedError === undefined && way.readsBody !== false && !way.isUncounted;
      expect(Number(calls[0]?.attributes['gen_ai.usage.input_tokens']) > 0).toBe(isCounted);
    });
  });
}

/**
 * A client that gives up by the clock may do so on a busy machine before its request has left. Such a run compares
 * nothing: it is run again until both requests have arrived, which the test's own time limit bounds.
 */
async function arrivedRun(provider: ProviderCase, way: AnswerWay, ending: Ending): Promise<ControlRun> {
  for (;;) {
    const run = await controlRun(() => stage(provider, way, ending));
    const hasArrived = [run.plain, run.watched].every(({ requests }) => requests.length > 0);
    if (hasArrived || ending.unreachable || ending.client?.timeout === undefined) return run;
  }
}

function stage(provider: ProviderCase, way: AnswerWay, ending: Ending): Staging {
  const abort = new AbortController();
  const replies = sequence(ending.replies);
  const script: Script = (request) => {
    if (ending.aborted) abort.abort();
    return replies(request);
  };
  return {
    script,
    unreachable: ending.unreachable,
    program: ({ url, instrument, note }) =>
      way.use(provider.connect(url, instrument, ending.client), { signal: abort.signal }, note),
  };
}
