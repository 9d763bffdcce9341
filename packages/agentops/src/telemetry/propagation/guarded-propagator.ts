import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import type { Reporter } from '../../reporter.ts';

/** A propagator whose faults, and those of the carriers it is given, stay out of the requests of the program. */
export class GuardedPropagator implements TextMapPropagator {
  readonly #inner: TextMapPropagator;
  readonly #reporter: Reporter;

  constructor(inner: TextMapPropagator, reporter: Reporter) {
    this.#inner = inner;
    this.#reporter = reporter;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.#reporter.guard('propagator.inject', () => this.#inner.inject(context, carrier, setter));
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return (
      this.#reporter.guard('propagator.extract', () => this.#inner.extract(context, carrier, getter)) ??
      context
    );
  }

  fields(): string[] {
    return this.#reporter.guard('propagator.fields', () => this.#inner.fields()) ?? [];
  }
}
