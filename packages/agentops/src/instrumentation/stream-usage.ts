import { compileGlobs } from '../glob.ts';

/** How a method's stream, which carries usage only on request, is asked for it. */
export interface UsageRequest<Body, Chunk> {
  /** `body` with the request in it; undefined for one that has said something about it already. Leaves `body` as it is. */
  ask(body: Body): object | undefined;
  /** Takes out of a chunk what stands there only because it was asked for; true where that is the whole chunk. */
  takeOut(chunk: Chunk): boolean;
}

/** Whether the streams of a server are asked for their usage; `isKnown` where it is known to understand. */
export type AsksForUsage = (host: string | undefined, isKnown: boolean) => boolean;

/** @param setting Of the configuration: servers that are known, or these hosts as well, or none. */
export function asksForUsage(setting: boolean | readonly string[]): AsksForUsage {
  if (typeof setting === 'boolean') return (_host, isKnown) => setting && isKnown;
  const isNamed = compileGlobs(setting);
  return (host, isKnown) => isKnown || (host !== undefined && isNamed(host));
}
