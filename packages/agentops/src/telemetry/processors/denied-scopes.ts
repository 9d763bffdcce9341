import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Instrumentation scopes whose spans are not wanted: by name, or with `*` at the end by how the name begins. */
export class DeniedScopes {
  readonly #names: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(scopes: readonly string[] = []) {
    this.#names = new Set(scopes);
    this.#prefixes = scopes.filter((scope) => scope.endsWith('*')).map((scope) => scope.slice(0, -1));
  }

  has({ instrumentationScope: { name } }: Pick<ReadableSpan, 'instrumentationScope'>): boolean {
    return this.#names.has(name) || this.#prefixes.some((prefix) => name.startsWith(prefix));
  }
}
