import { currentClient } from '../../default-client.ts';
import type { InstrumentedProvider } from '../instrumented-provider.ts';
import { anthropic, google, openai } from '../providers/providers.ts';
import { findLoaded, onLoad } from './package-hooks.ts';
import { type InstrumentationSwitches, markUnknown } from './switches.ts';

/** A package whose clients can be instrumented without being handed over. */
interface AutomaticPackage {
  /** On npm. */
  readonly name: string;
  readonly provider: InstrumentedProvider<object>;
  /** The export whose members are the classes; else the default export is. Undefined: the exports are the classes. */
  readonly classes?: string;
}

/** By the name of their switch in `instrumentations`. */
const AUTOMATIC = {
  openai: { name: 'openai', provider: openai, classes: 'OpenAI' },
  anthropic: { name: '@anthropic-ai/sdk', provider: anthropic, classes: 'Anthropic' },
  google: { name: '@google/genai', provider: google },
} as const satisfies Record<string, AutomaticPackage>;

type AutomaticLibrary = keyof typeof AUTOMATIC;

const LIBRARIES = Object.keys(AUTOMATIC) as AutomaticLibrary[];

let watching = false;

/** Instruments every library of ours on import, from now on. What `init` switches off stays as it is. */
export function watchImports(): void {
  if (watching) return;
  watching = true;
  onLoad(
    LIBRARIES.map((library) => AUTOMATIC[library].name),
    instrumentPackage,
  );
}

/** Instruments the libraries that are switched on: what the program has loaded before, and what it loads from now on. */
export async function instrumentLibraries(switches: InstrumentationSwitches): Promise<void> {
  const switchedOn = LIBRARIES.filter((library) => switches[library] === true);
  if (switchedOn.length === 0) return;
  watchImports();
  await findLoaded(
    switchedOn.map((library) => AUTOMATIC[library].name),
    instrumentPackage,
  );
}

function instrumentPackage(name: string, exported: object): void {
  const library = LIBRARIES.find((library) => AUTOMATIC[library].name === name);
  if (library === undefined) return;
  const found: AutomaticPackage = AUTOMATIC[library];
  currentClient().guard('instrumentations', () => {
    const { classes: within, provider } = found;
    const classes: unknown =
      within === undefined ? exported : (Reflect.get(exported, within) ?? Reflect.get(exported, 'default'));
    if (classes === Object(classes) && provider.instrumentClasses(classes as object)) return;
    if (markUnknown({ library, name })) currentClient().reportUnknown({ library, name });
  });
}
