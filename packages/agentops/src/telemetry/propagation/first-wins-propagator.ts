import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';

/** Several formats of the trace context: all are written, and the first that is there is read. */
export class FirstWinsPropagator implements TextMapPropagator {
  readonly #formats: readonly TextMapPropagator[];

  constructor(formats: readonly TextMapPropagator[]) {
    this.#formats = formats;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    for (const format of this.#formats) format.inject(context, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const before = trace.getSpanContext(context);
    for (const format of this.#formats) {
      const extracted = format.extract(context, carrier, getter);
      if (trace.getSpanContext(extracted) !== before) return extracted;
    }
    return context;
  }

  fields(): string[] {
    return [...new Set(this.#formats.flatMap((format) => format.fields()))];
  }
}
