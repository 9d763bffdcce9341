import { type Context, createContextKey } from '@opentelemetry/api';

/** Room for the one span of a model's call that a framework and an instrumented client may both know of. */
export interface ModelCallSlot {
  /** True once an instrumented client has made the span. */
  taken: boolean;
}

const SLOT = createContextKey('agentops.model-call-slot');

export function withModelCallSlot(base: Context, slot: ModelCallSlot): Context {
  return base.setValue(SLOT, slot);
}

/** Tells the framework whose call runs in `base`, if one does, that the call has its span. */
export function takeModelCallSlot(base: Context): void {
  const slot = base.getValue(SLOT) as ModelCallSlot | undefined;
  if (slot !== undefined) slot.taken = true;
}
