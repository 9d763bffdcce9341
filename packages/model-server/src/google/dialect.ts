import { bearerToken, type Dialect } from '../dialect.ts';
import type { ErrorReport } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { embedContents } from './embed.ts';
import { generateContent, streamGenerateContent } from './generate.ts';
import { actionIn } from './path.ts';

/** Google's wire protocol for Gemini: the model stands in the path, `/v1beta/models/{model}:{action}`. */
export const google: Dialect = {
  provider: 'google',
  requestIdHeader: 'x-request-id',
  endpoints: {
    'POST generateContent': generateContent,
    'POST streamGenerateContent': streamGenerateContent,
    'POST batchEmbedContents': embedContents,
  },
  route: (method, path) => `${method} ${actionIn(path)}`,
  credential: (headers) => headers['x-goog-api-key']?.toString() ?? bearerToken(headers),
  notFound: (method, path) => ({ status: 404, message: `Not found: ${method} ${path}` }),
  unauthorized: () => ({ status: 401, message: 'API key not valid. Please pass a valid API key.' }),
  errorBody,
  errorEvent: (report) => `data: ${JSON.stringify(errorBody(report))}\r\n\r\n`,
};

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function errorBody({ status, message, code }: ErrorReport): JsonObject {
  const name = code ?? STATUSES[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  return { error: { code: status, message, status: name } };
}
