import type { Attributes } from '@opentelemetry/api';

/** So many attributes have room: as many as a span of an LLM call usually has, and a few more. */
const ROOM = 32;

/**
 * Makes plain objects with room for many properties. V8 turns an object into a hash table as soon as it has more than a
 * dozen properties for which there was no room when it was made. A table takes three times as long to fill, twice as
 * long to go through, which is done five times until a span is sent, and five times the memory as long as it waits.
 *
 * V8 takes the room from the assignments that it finds here; they are never run.
 */
const Roomy = function (this: Record<string, unknown>, isNever: boolean): void {
  if (!isNever) return;
  this.a = this.b = this.c = this.d = this.e = this.f = this.g = this.h = this.i = this.j = undefined;
  this.k = this.l = this.m = this.n = this.o = this.p = this.q = this.r = this.s = this.t = undefined;
  this.u = this.v = this.w = this.x = undefined;
} as unknown as new (
  isNever: boolean,
) => Attributes;
Roomy.prototype = Object.prototype;

// V8 watches what becomes of the first objects and takes back the room they leave unused.
for (let made = 0; made < 8; made += 1) {
  const full = new Roomy(false);
  for (let property = 0; property < ROOM; property += 1) full[`property${property}`] = property;
}

/** A copy of `attributes` with room for more. */
export function withRoom(attributes: Attributes): Attributes {
  const roomy = new Roomy(false);
  for (const key in attributes) roomy[key] = attributes[key];
  return roomy;
}
