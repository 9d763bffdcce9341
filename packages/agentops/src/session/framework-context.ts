import type { Context } from '@opentelemetry/api';

/** The context of what a framework is at, where that lies below the span of `active`; undefined where it does not. */
export type FrameworkContext = (active: Context) => Context | undefined;

/** Frameworks with a current span of their own, which cannot be the current one of OpenTelemetry's context. */
const frameworks = new Set<FrameworkContext>();

/** From now on spans hang below what the framework is at. Returns what takes that back. */
export function followFramework(framework: FrameworkContext): () => void {
  frameworks.add(framework);
  return () => frameworks.delete(framework);
}

/** `active`, or the context of a framework's span below it. */
export function innermostContext(active: Context): Context {
  for (const framework of frameworks) {
    const inner = framework(active);
    if (inner !== undefined) return inner;
  }
  return active;
}
