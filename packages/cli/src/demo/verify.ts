import { type Backend, connect } from '../backend.ts';
import type { DemoRun } from './run.ts';
import { usd } from './summary.ts';

/** One thing that has to be so, and whether it is. */
export interface Check {
  readonly passed: boolean;
  readonly text: string;
}

/** Reads a run back from its backend, and compares it with what the process saw itself. */
export async function verifyRun(backend: Backend, { telemetry, spanIds }: DemoRun): Promise<Check[]> {
  using api = connect(backend);
  const stored = await api.session(telemetry.session_id);
  const { spans } = await api.spans(telemetry.session_id);
  const storedIds = new Set(spans.map(({ span_id: id }) => id));
  const arrived = [...spanIds].filter((id) => storedIds.has(id)).length;
  return [
    {
      passed: arrived === spanIds.size && storedIds.size === spanIds.size,
      text: `every span arrived: ${arrived} of ${spanIds.size}, ${storedIds.size} stored`,
    },
    compareEach('counts', { ...telemetry.counts }, { ...stored.counts }),
    compareEach('tokens', { ...telemetry.tokens }, { ...stored.tokens }),
    {
      passed: isSameCost(telemetry.cost, stored.cost),
      text: `cost agrees: ${usd(telemetry.cost)} here, ${usd(stored.cost)} stored`,
    },
    {
      passed: telemetry.end_state === 'Success' && stored.end_state === 'Success',
      text: `the session ended in success: ${telemetry.end_state} here, ${stored.end_state} stored`,
    },
  ];
}

function compareEach(what: string, here: Record<string, number>, stored: Record<string, number>): Check {
  const keys = Object.keys(here);
  const differing = keys.filter((key) => here[key] !== stored[key]);
  const detail =
    differing.length === 0
      ? keys.map((key) => `${key} ${here[key]}`)
      : differing.map((key) => `${key} ${here[key]} here and ${stored[key]} stored`);
  return { passed: differing.length === 0, text: `${what} agree: ${detail.join(', ')}` };
}

/** Equal up to the order of addition, which is not the same in both places. */
function isSameCost(here: number | null, stored: number | null): boolean {
  if (here === null || stored === null) return here === stored;
  return Math.abs(here - stored) <= 1e-9 * Math.abs(here);
}
