/** What is instrumented without being handed over, by name of the library. */
export type InstrumentationSwitches = Readonly<Record<string, unknown>>;

/** Whether the program was started with `--import agentops/register`. */
let preloaded = false;

/** From now on every library is instrumented that is not switched off. */
export function markPreloaded(): void {
  preloaded = true;
}

/** Whether clients of `library` are instrumented: as it is switched, else as the program was started. */
export function isAutomatic(library: string, switches: InstrumentationSwitches): boolean {
  const given = switches[library];
  return typeof given === 'boolean' ? given : preloaded;
}

/** A package that was loaded in a version whose classes we do not know. */
export interface UnknownPackage {
  /** Its switch. */
  readonly library: string;
  /** On npm. */
  readonly name: string;
}

const unknown = new Map<string, UnknownPackage>();

/** Those seen so far. With the preload they are loaded before there is a client to tell. */
export function unknownPackages(): Iterable<UnknownPackage> {
  return unknown.values();
}

/** False for one that was seen before: a package may be loaded in several copies. */
export function markUnknown(found: UnknownPackage): boolean {
  if (unknown.has(found.name)) return false;
  unknown.set(found.name, found);
  return true;
}
