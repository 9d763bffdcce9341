import {
  context,
  createContextKey,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/** OpenTelemetry's global registrations: makes those that the application has not made, and takes its own back. */
export class GlobalSetUp {
  readonly #undo: (() => void)[] = [];

  /** The context manager, unless there is one. */
  registerContextManager(): void {
    if (hasContextManager()) return;
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    this.#undo.push(() => context.disable());
  }

  /** Provider and propagator; a propagator that is there already stays. */
  registerProvider(provider: TracerProvider, propagator: TextMapPropagator): void {
    trace.setGlobalTracerProvider(provider);
    this.#undo.push(() => trace.disable());
    if (propagation.setGlobalPropagator(propagator)) this.#undo.push(() => propagation.disable());
  }

  takeBack(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}

/** Whether the application has a tracer provider. A proxy that delegates to what an empty one delegates to is none. */
export function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  return (
    !(provider instanceof ProxyTracerProvider) ||
    provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  );
}

/**
 * Whether the application's provider hands its spans to processors, ours among them. Sentry's does not: it is no SDK of
 * OpenTelemetry's, and makes Sentry's own spans.
 */
export function takesProcessors(): boolean {
  const provider = trace.getTracerProvider();
  const actual = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  return actual.constructor.name !== 'SentryTracerProvider';
}

const PROBE = createContextKey('agentops.probe');

function hasContextManager(): boolean {
  return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE) === true);
}
