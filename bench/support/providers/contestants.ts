import { createRequire } from 'node:module';
import type { Case } from './cases.ts';
import type { SetUp } from './recording.ts';

export interface Records {
  /** `hand`: by the program itself, which is as little as it can cost on OpenTelemetry's SDK. */
  readonly by: 'us' | 'another' | 'hand';
  /** What was asked and answered too. */
  readonly content: boolean;
}

/** Who records calls of a client, or none, each in a process of its own. */
export interface Contestant {
  /** Of `openai`: the newest major version that it supports; ours and the client alone run with each. */
  readonly openai: keyof typeof OPENAI;
  /** Undefined for the client alone. */
  readonly records?: Records;
  /** It cannot record streams, and is left out where there are any. */
  readonly answersOnly?: true;
  load(): Promise<SetUp>;
}

/** Where each version of `openai` is found. Their CommonJS: some patch it while it is loaded. */
const OPENAI = { 6: '../../peers/opentelemetry-2/package.json', 7: '../../package.json' } as const;

const ours = () => import('./agentops.ts').then(({ setUp }) => setUp);
const clientAlone = () => import('./client-alone.ts').then(({ setUp }) => setUp);

export const CONTESTANTS = {
  'client alone, 7': { openai: 7, load: clientAlone },
  'AgentOps, 7': { openai: 7, records: { by: 'us', content: true }, load: ours },
  Langfuse: {
    openai: 7,
    records: { by: 'another', content: true },
    load: () => import('../../peers/opentelemetry-2/langfuse.ts').then(({ setUp }) => setUp),
  },
  OpenInference: {
    openai: 7,
    records: { by: 'another', content: true },
    load: () => import('../../peers/opentelemetry-2/openinference.ts').then(({ setUp }) => setUp),
  },
  'by hand': {
    openai: 7,
    records: { by: 'hand', content: true },
    answersOnly: true,
    load: () => import('../../peers/opentelemetry-3/by-hand.ts').then(({ setUp }) => setUp),
  },
  'client alone, 6': { openai: 6, load: clientAlone },
  'AgentOps, 6': { openai: 6, records: { by: 'us', content: true }, load: ours },
  OpenLLMetry: {
    openai: 6,
    records: { by: 'another', content: true },
    load: () => import('../../peers/opentelemetry-2/openllmetry.ts').then(({ setUp }) => setUp),
  },
  Laminar: {
    openai: 6,
    records: { by: 'another', content: true },
    load: () => import('../../peers/opentelemetry-2/laminar.ts').then(({ setUp }) => setUp),
  },
  OpenTelemetry: {
    openai: 6,
    records: { by: 'another', content: true },
    load: () => import('../../peers/opentelemetry-3/opentelemetry.ts').then(({ setUp }) => setUp),
  },
  'OpenTelemetry, no content': {
    openai: 6,
    records: { by: 'another', content: false },
    load: () =>
      import('../../peers/opentelemetry-3/opentelemetry.ts').then(
        ({ setUpWithoutContent }) => setUpWithoutContent,
      ),
  },
} as const satisfies Record<string, Contestant>;

export type ContestantName = keyof typeof CONTESTANTS;

/** Those that can record the calls of a case. */
export function contestantsIn({ streamed }: Case): ContestantName[] {
  return (Object.keys(CONTESTANTS) as ContestantName[]).filter((name) => {
    const { answersOnly }: Contestant = CONTESTANTS[name];
    return !(streamed && answersOnly);
  });
}

export function isContestantName(name: string | undefined): name is ContestantName {
  return name !== undefined && Object.hasOwn(CONTESTANTS, name);
}

export function loadOpenAI(version: Contestant['openai']): typeof import('openai').OpenAI {
  const require = createRequire(new URL(OPENAI[version], import.meta.url));
  const { OpenAI } = require('openai') as typeof import('openai');
  return OpenAI;
}
