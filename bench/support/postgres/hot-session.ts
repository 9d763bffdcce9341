import { randomBytes } from 'node:crypto';
import type { SpanRow } from '@agentops/otlp';
import { type Engine, openStore } from '@agentops/postgres';

const SPANS = 20_000;
const BATCH = 100;
const LAP_MS = 2_000;
const ROUNDS = 1;
const NEVER = 2 ** 31 - 1;

/** What the roll-ups of a session that has many spans already, and gets more all the time, cost. */
export interface HotSession {
  /** The part of the writer's spans a second that is missing because of them. */
  readonly share: number;
  /** ms for one. */
  readonly recompute: number;
}

/** Writes to one session as fast as can be, with roll-ups and without, in turns. Closes `engine`. */
export async function costOfHotSession(engine: Engine): Promise<HotSession> {
  const unclosed = (): Engine => ({
    partitionBy: engine.partitionBy,
    query: (text, params) => engine.query(text, params),
    exec: (sql) => engine.exec(sql),
    transaction: (run, signal) => engine.transaction(run, signal),
    load: (load, signal) => engine.load(load, signal),
    close: async () => {},
  });
  const lap = async (rollupInterval: number | undefined, trace_id: string): Promise<number> => {
    const store = await openStore({
      engine: unclosed(),
      ...(rollupInterval !== undefined && { rollupInterval }),
    });
    let spans = 0;
    const began = performance.now();
    for (; performance.now() - began < LAP_MS; spans += BATCH)
      await store.write('hot', callsIn(trace_id, BATCH));
    const rate = spans / (performance.now() - began);
    await store.close();
    return rate;
  };

  const shares: number[] = [];
  const recomputes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const store = await openStore({ engine: unclosed(), rollupInterval: NEVER });
    const trace_id = randomBytes(16).toString('hex');
    for (let made = 0; made < SPANS; made += 1_000) await store.write('hot', callsIn(trace_id, 1_000));
    await store.settle();
    await engine.exec('VACUUM ANALYZE');
    await store.write('hot', callsIn(trace_id, 1));
    const began = performance.now();
    await store.settle();
    recomputes.push(performance.now() - began);
    await store.close();
    const laps = { on: [] as number[], off: [] as number[] };
    for (const mode of ['on', 'off', 'off', 'on'] as const) {
      laps[mode].push(await lap(mode === 'on' ? undefined : NEVER, trace_id));
    }
    const mean = (rates: number[]) => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    shares.push(1 - mean(laps.on) / mean(laps.off));
  }
  await engine.close();
  return { share: median(shares), recompute: median(recomputes) };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

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
