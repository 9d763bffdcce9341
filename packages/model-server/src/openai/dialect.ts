import { bearerToken, type Dialect } from '../dialect.ts';
import type { ErrorReport } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { chat } from './chat.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { responses } from './responses.ts';

/** OpenAI's wire protocol: Chat Completions, Responses, Embeddings and the older Completions. */
export const openai: Dialect = {
  provider: 'openai',
  requestIdHeader: 'x-request-id',
  endpoints: {
    'POST /v1/chat/completions': chat,
    'POST /v1/responses': responses,
    'POST /v1/embeddings': embeddings,
    'POST /v1/completions': completions,
  },
  credential: bearerToken,
  notFound: (method, path) => ({ status: 404, message: `Invalid URL (${method} ${path})` }),
  unauthorized: (credential) =>
    credential === undefined
      ? { status: 401, message: "You didn't provide an API key: send it as Authorization: Bearer YOUR_KEY." }
      : { status: 401, message: 'Incorrect API key provided.', code: 'invalid_api_key' },
  errorBody,
  errorEvent: (report) => `data: ${JSON.stringify(errorBody(report))}\n\n`,
};

function errorBody({ status, message, code, param = undefined }: ErrorReport): JsonObject {
  const usual = usualError(status);
  return { error: { message, type: usual.type, param: param ?? null, code: code ?? usual.code } };
}

function usualError(status: number): { type: string; code: string | null } {
  if (status === 429) return { type: 'requests', code: 'rate_limit_exceeded' };
  return { type: status >= 500 ? 'server_error' : 'invalid_request_error', code: null };
}
