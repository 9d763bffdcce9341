import { createHash } from 'node:crypto';
import type { ModelReply } from './reply.ts';
import type { ModelRequest } from './request.ts';

/**
 * The vectors a reply gives, else one of `dimensions` for each input.
 *
 * @throws RangeError where the reply gives more or fewer than there are inputs.
 */
export function vectorsOf({ inputs }: ModelRequest, reply: ModelReply, dimensions: number): number[][] {
  const vectors = reply.embeddings ?? inputs.map((text) => unitVector(text, dimensions));
  if (vectors.length === inputs.length) return vectors;
  throw new RangeError(
    `The script gave ${vectors.length} embeddings for ${inputs.length} inputs: give one for each.`,
  );
}

/** A direction that depends on the text alone, of length 1. */
function unitVector(text: string, dimensions: number): number[] {
  const bytes = createHash('shake256', { outputLength: dimensions * 4 })
    .update(text)
    .digest();
  const vector = Array.from({ length: dimensions }, (_, dimension) => bytes.readInt32LE(dimension * 4));
  const length = Math.hypot(...vector);
  return vector.map((component) => component / length);
}
