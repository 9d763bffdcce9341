/** Stands for what must not be shown. */
export const HIDDEN = '(hidden)';

const SECRET_KEY =
  /^(api_?key|token|password|secret|authorization)$|_(key|token|secret|password)$|[a-z](Key|Token|Secret|Password)$/;

/** True for options and variables whose value must not be shown, wherever it stands. */
export function isSecret(path: readonly (string | number)[]): boolean {
  const last = String(path.at(-1));
  if (path.includes('headers')) return true;
  if (last === 'key' && path.at(-2) === 'tls') return false;
  return SECRET_KEY.test(last);
}

/** `value` as it may be shown. */
export function masked(value: unknown, path: readonly (string | number)[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => masked(item, [...path, index]));
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, masked(inner, [...path, key])]),
    );
  }
  if (isSecret(path)) return HIDDEN;
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

/** Without the passwords of URLs, and without private keys. */
export function withoutSecrets(text: string): string {
  if (/-----BEGIN [^-]*PRIVATE KEY/.test(text)) return HIDDEN;
  return text
    .replace(
      /(?<=:\/\/)[^/@\s]*@/g,
      (login) => `${/:/.test(login) ? `${login.split(':', 1)[0]}:` : ''}${HIDDEN}@`,
    )
    .replace(/(?<=[?&](?:password|sslpassword|token|api_?key)=)[^&\s]*/gi, HIDDEN);
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A plain object without methods: one with methods is the user's own, and stays the very object it is. */
export function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainObject(value) && !Object.values(value).some((inner) => typeof inner === 'function');
}
