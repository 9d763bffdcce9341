import { agentOps, agentOpsPython } from './agentops.ts';
import type { Dialect } from './dialect.ts';
import { genAi } from './gen-ai.ts';
import { openInference } from './openinference.ts';
import { openLlmetry } from './openllmetry.ts';
import { vercel } from './vercel.ts';

/** Every dialect, in the order they are believed where a span speaks several. */
export const dialects: readonly Dialect[] = [
  agentOps,
  genAi,
  agentOpsPython,
  openLlmetry,
  openInference,
  vercel,
];
