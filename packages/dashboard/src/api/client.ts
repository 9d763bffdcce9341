import type { ApiError } from '@agentops/server/api';
import { readCredentials, reportRefusal } from './credentials.ts';

/** A request the backend did not answer as hoped: an error answer (`status` 400 and up), or none at all (`status` 0). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }

  /** True where the backend is away or overloaded, so that asking again may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Asks the backend for a document; rejects with an `ApiFailure`. */
export async function getDocument<Document>(path: string, signal: AbortSignal): Promise<Document> {
  const { key } = readCredentials();
  const headers = new Headers({ accept: 'application/json' });
  if (key !== null) headers.set('authorization', `Bearer ${key}`);

  const response = await fetch(path, { headers, signal }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new ApiFailure(0, 'unreachable', `The backend at ${location.host} does not answer.`, { cause });
  });
  if (response.ok) return (await response.json()) as Document;

  const failure = await failureOf(response);
  if (failure.status === 401) reportRefusal(failure.message);
  throw failure;
}

/** A proxy in between answers in words of its own, so the body need not be an `ApiError`. */
async function failureOf(response: Response): Promise<ApiFailure> {
  const body: Partial<ApiError> | null = await response.json().catch(() => null);
  return new ApiFailure(
    response.status,
    body?.error?.code ?? 'unknown',
    body?.error?.message ?? `The backend answered ${response.status} ${response.statusText}.`.trim(),
  );
}
