import { type Context, context, createContextKey } from '@opentelemetry/api';

const MODEL_REQUEST = createContextKey('agentops.model-request');

/** `base`, in which the requests are those of a model call that has its span already. */
export function withModelRequest(base: Context): Context {
  return base.setValue(MODEL_REQUEST, true);
}

/** True where a request goes to a model's provider: it stays byte for byte the user's, and gets no span of its own. */
export function isModelRequest(base: Context = context.active()): boolean {
  return base.getValue(MODEL_REQUEST) === true;
}
