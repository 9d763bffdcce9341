import { createRequire } from 'node:module';
import type { SetUp } from './recording.ts';

/** Who records calls of a client, or none, each in a process of its own. */
export interface Contestant {
  /** Of `openai`: the newest major version that it supports; ours and the client alone run with each. */
  readonly openai: keyof typeof OPENAI;
  /** Undefined for the client alone; `content`: what was asked and answered too. */
  readonly records?: { readonly ours: boolean; readonly content: boolean };
  load(): Promise<SetUp>;
}

/** Where each version of `openai` is found. Their CommonJS: some patch it while it is loaded. */
const OPENAI = { 6: '../../peers/opentelemetry-2/package.json', 7: '../../package.json' } as const;

const ours = () => import('./agentops.ts').then(({ setUp }) => setUp);
const clientAlone = () => import('./client-alone.ts').then(({ setUp }) => setUp);

export const CONTESTANTS = {
  'client alone, 7': { openai: 7, load: clientAlone },
  'AgentOps, 7': { openai: 7, records: { ours: true, content: true }, load: ours },
  Langfuse: {
    openai: 7,
    records: { ours: false, content: true },
    load: () => import('../../peers/opentelemetry-2/langfuse.ts').then(({ setUp }) => setUp),
  },
  OpenInference: {
    openai: 7,
    records: { ours: false, content: true },
    load: () => import('../../peers/opentelemetry-2/openinference.ts').then(({ setUp }) => setUp),
  },
  'client alone, 6': { openai: 6, load: clientAlone },
  'AgentOps, 6': { openai: 6, records: { ours: true, content: true }, load: ours },
  OpenLLMetry: {
    openai: 6,
    records: { ours: false, content: true },
    load: () => import('../../peers/opentelemetry-2/openllmetry.ts').then(({ setUp }) => setUp),
  },
  Laminar: {
    openai: 6,
    records: { ours: false, content: true },
    load: () => import('../../peers/opentelemetry-2/laminar.ts').then(({ setUp }) => setUp),
  },
  OpenTelemetry: {
    openai: 6,
    records: { ours: false, content: true },
    load: () => import('../../peers/opentelemetry-3/opentelemetry.ts').then(({ setUp }) => setUp),
  },
  'OpenTelemetry, no content': {
    openai: 6,
    records: { ours: false, content: false },
    load: () =>
      import('../../peers/opentelemetry-3/opentelemetry.ts').then(
        ({ setUpWithoutContent }) => setUpWithoutContent,
      ),
  },
} as const satisfies Record<string, Contestant>;

export type ContestantName = keyof typeof CONTESTANTS;

export function isContestantName(name: string | undefined): name is ContestantName {
  return name !== undefined && Object.hasOwn(CONTESTANTS, name);
}

export function loadOpenAI(version: Contestant['openai']): typeof import('openai').OpenAI {
  const require = createRequire(new URL(OPENAI[version], import.meta.url));
  const { OpenAI } = require('openai') as typeof import('openai');
  return OpenAI;
}
