import { bearerToken, type Dialect } from '../dialect.ts';
import type { ErrorReport } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { event } from './event.ts';
import { messages } from './messages.ts';

/** Anthropic's wire protocol: Messages. */
export const anthropic: Dialect = {
  provider: 'anthropic',
  requestIdHeader: 'request-id',
  endpoints: { 'POST /v1/messages': messages },
  credential: (headers) => headers['x-api-key']?.toString() ?? bearerToken(headers),
  notFound: (method, path) => ({ status: 404, message: `Not found: ${method} ${path}` }),
  unauthorized: (credential) => ({
    status: 401,
    message: credential === undefined ? 'x-api-key header is required' : 'invalid x-api-key',
  }),
  errorBody,
  errorEvent: (report, requestId) => event(errorBody(report, requestId)),
};

const errorTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function errorBody(
  { status, message, code }: ErrorReport,
  requestId: string,
): JsonObject & { type: 'error' } {
  const type = errorTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  const details = code !== undefined && { details: { error_code: code } };
  return { type: 'error', error: { type, message, ...details }, request_id: requestId };
}
