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
