import { randomBytes } from 'node:crypto';
import type { SpanRow } from '@agentops/otlp';
import { type Engine, openStore } from '@agentops/postgres';

const SPANS = 20_000;
const BATCH = 100;
/** Long, because a hot session is rolled up rarely. */
const LAP_MS = 12_000;

/** What a session that has many spans already, and gets more all the time, costs. */
export interface HotSession {
  /** The part of the writer's spans a second that is missing because of it. */
  readonly share: number;
  /** ms to roll it up once. */
  readonly recompute: number;
}

/**
 * Writes small sessions as fast as can be, roll-ups included, where one span of each batch belongs to a session of 20,000
 * and where it does not, in turns. Closes `engine`.
 */
export async function costOfHotSession(engine: Engine): Promise<HotSession> {
  const store = await openStore({ engine });
  const hot = newTrace();
  for (let made = 0; made < SPANS; made += 1_000) await store.write('hot', callsIn(hot, 1_000));
  await store.settle();
  await engine.exec('VACUUM ANALYZE');
  await store.write('hot', callsIn(hot, 1));
  const began = performance.now();
  await store.session('hot', hot);
  const recompute = performance.now() - began;

  const lap = async (isHot: boolean): Promise<number> => {
    let spans = 0;
    const began = performance.now();
    for (; performance.now() - began < LAP_MS; spans += BATCH) {
      const batch = callsIn(newTrace(), BATCH - 1);
      await store.write('hot', [...batch, ...callsIn(isHot ? hot : newTrace(), 1)]);
    }
    return spans / (performance.now() - began);
  };
  // The first ones make it known as hot, and warm everything up.
  await lap(true);
  const laps = { with: [] as number[], without: [] as number[] };
  for (const mode of ['with', 'without', 'without', 'with'] as const)
    laps[mode].push(await lap(mode === 'with'));
  await store.close();
  const sum = (rates: number[]) => rates.reduce((total, rate) => total + rate, 0);
  return { share: 1 - sum(laps.with) / sum(laps.without), recompute };
}

const newTrace = (): string => randomBytes(16).toString('hex');

const START = BigInt(Date.now()) * 1_000_000n;

function callsIn(trace_id: string, count: number): SpanRow[] {
  return Array.from({ length: count }, () => ({
    trace_id,
    span_id: randomBytes(8).toString('hex'),
    parent_span_id: 'aaaaaaaaaaaaaaaa',
    trace_state: '',
    flags: 1,
    operation_name: 'chat gpt-5',
    kind: 3,
    start_time: START,
    end_time: START + 900_000_000n,
    status: 0,
    status_message: '',
    session_id: trace_id,
    service_name: 'bench',
    span_kind: 'llm',
    event_type: 'llms',
    agent_id: 'a-1',
    agent_name: 'writer',
    provider: 'openai',
    model: 'gpt-5',
    input_tokens: 120,
    output_tokens: 33,
    cache_read_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
    cost: 0.01,
    user_id: null,
    conversation_id: null,
    scope_name: 'bench',
    scope_version: '',
    attributes: { 'gen_ai.input.messages': randomBytes(300).toString('base64') },
    resource: { 'service.name': 'bench' },
    events: [],
    links: [],
    types: null,
    dropped: null,
  }));
}
