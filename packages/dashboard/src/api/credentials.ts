/** The API key of this tab, and whether the backend has just refused to answer without (another) one. */
export interface Credentials {
  readonly key: string | null;
  /** What the backend said when it refused; null while it answers. */
  readonly refusal: string | null;
}

const STORAGE_KEY = 'agentops.api-key';

let credentials: Credentials = { key: sessionStorage.getItem(STORAGE_KEY), refusal: null };
const listeners = new Set<() => void>();

/** The current credentials: the same object until something changes. */
export function readCredentials(): Credentials {
  return credentials;
}

/** Calls `listener` after every change; returns how to stop it. */
export function onCredentialsChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Uses `key` from now on. It is kept for this tab only, until the tab is closed. */
export function storeKey(key: string): void {
  sessionStorage.setItem(STORAGE_KEY, key);
  change({ key, refusal: null });
}

/** Remembers that the backend asked for a key; `message` is what it said. */
export function reportRefusal(message: string): void {
  if (credentials.refusal !== message) change({ ...credentials, refusal: message });
}

function change(next: Credentials): void {
  credentials = next;
  for (const listener of listeners) listener();
}
