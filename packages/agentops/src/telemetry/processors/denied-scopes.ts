import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { compileGlobs } from '../../glob.ts';

/** Instrumentation scopes whose spans are not wanted; in their names `*` stands for any characters. */
export class DeniedScopes {
  readonly #isDenied: (name: string) => boolean;

  constructor(scopes: readonly string[] = []) {
    this.#isDenied = compileGlobs(scopes);
  }

  has({ instrumentationScope: { name } }: Pick<ReadableSpan, 'instrumentationScope'>): boolean {
    return this.#isDenied(name);
  }
}
