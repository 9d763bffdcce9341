import type { TextMapSetter } from '@opentelemetry/api';

export interface InjectOptions<Carrier> {
  /** How `Carrier` is written. Default: as a plain object, `Headers`, a `Map` or the metadata of gRPC. */
  readonly setter?: TextMapSetter<Carrier> | undefined;
  /**
   * Who the carrier goes to: a host, with or without a port. Only with it baggage is written, where
   * `context.baggage.hosts` names that host; and nothing at all for a model provider's.
   */
  readonly to?: string | undefined;
}

/** A setter alone is an option too. */
export function toInjectOptions<Carrier>(
  options: TextMapSetter<Carrier> | InjectOptions<Carrier> | undefined,
): InjectOptions<Carrier> {
  if (options === undefined) return {};
  return 'set' in options ? { setter: options } : options;
}
