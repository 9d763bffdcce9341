import type { RequestPart } from './halve-request.ts';

/** The part of an OTLP request in JSON that leads to its spans. */
interface OtlpJson {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

/**
 * Cuts a request in JSON, OTLP's or Zipkin's, into two that carry half of its spans each. Undefined where there are
 * fewer than two, or the request cannot be read.
 */
export function halveJson(request: Uint8Array): readonly [RequestPart, RequestPart] | undefined {
  try {
    const whole: unknown = JSON.parse(new TextDecoder().decode(request));
    return Array.isArray(whole) ? halveSpans(whole) : halveOtlp(whole as OtlpJson);
  } catch {
    return undefined;
  }
}

function halveSpans(spans: readonly unknown[]): readonly [RequestPart, RequestPart] | undefined {
  const half = spans.length >> 1;
  if (half === 0) return undefined;
  return [part(spans.slice(0, half), half), part(spans.slice(half), spans.length - half)];
}

function halveOtlp({ resourceSpans }: OtlpJson): readonly [RequestPart, RequestPart] | undefined {
  const count = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length;
  const half = count >> 1;
  if (half === 0) return undefined;
  /** With the spans from `from` on, up to `to`. */
  const select = (from: number, to: number): RequestPart => {
    let index = -1;
    const belongs = (): boolean => {
      index += 1;
      return index >= from && index < to;
    };
    const selected = resourceSpans
      .map((resource) => ({
        ...resource,
        scopeSpans: resource.scopeSpans
          .map((scope) => ({ ...scope, spans: scope.spans.filter(belongs) }))
          .filter(({ spans }) => spans.length > 0),
      }))
      .filter(({ scopeSpans }) => scopeSpans.length > 0);
    return part({ resourceSpans: selected }, to - from);
  };
  return [select(0, half), select(half, count)];
}

function part(content: unknown, spans: number): RequestPart {
  return { request: Buffer.from(JSON.stringify(content)), spans };
}
