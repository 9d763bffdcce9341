import { TraceFlags, trace } from '@opentelemetry/api';
import {
  ActionEvent,
  agent,
  type KeepOptions,
  LLMEvent,
  session,
  shutdown,
  startSession,
  tool,
} from 'agentops';
import { afterEach, describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { runProgram } from '../../support/program.ts';
import { type Recording, startRecording } from '../../support/recording.ts';
import { it } from '../../support/sending.ts';

afterEach(() => shutdown());

const MEMORY = 'InMemorySpanExporter';
const KEPT = 'agentops.sampling.kept';

/** No session is sampled; what is kept, is kept by `keep`. */
function holding(keep: KeepOptions, recording = { rate: 0 }): Recording {
  return startRecording({ sampling: { ...recording, keep } });
}

async function names(recording: Recording): Promise<string[]> {
  return (await recording.spans()).map((span) => span.name);
}

function failingTool(): void {
  try {
    tool('broken', () => {
      throw new Error('broke');
    });
  } catch {}
}

describe('a session that was not sampled (T6)', () => {
  it('is kept whole when a span of it failed', async () => {
    const recording = holding({ errors: true });
    session('run', () => {
      tool('before', () => {});
      agent('planner', () => {
        trace.getTracer('foreign').startSpan('SELECT').end();
        failingTool();
      });
      tool('after', () => {});
    });

    expect(await names(recording)).toEqual([
      'execute_tool before',
      'SELECT',
      'execute_tool broken',
      'invoke_agent planner',
      'execute_tool after',
      'run',
    ]);
    for (const span of await recording.spans()) {
      expect(span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(TraceFlags.SAMPLED);
      expect(span.attributes[KEPT]).toBe(span.name === 'run' ? 'error' : undefined);
    }
  });

  it('is kept when it ends as failed', async () => {
    const recording = holding({ errors: true });
    startSession({ name: 'run' }).end('Fail', 'nothing found');

    expect((await recording.span('run')).attributes[KEPT]).toBe('error');
  });

  it('is kept when it took long', async () => {
    const recording = holding({ duration: '2s' });
    const start = new Date('2026-11-21T10:00:00Z');
    for (const seconds of [1, 2]) {
      const run = startSession({ name: `${seconds} s`, startTime: start });
      run.run(() => tool(`in ${seconds} s`, () => {}));
      run.end('Success', undefined, new Date(start.getTime() + seconds * 1000));
    }

    expect(await names(recording)).toEqual(['execute_tool in 2 s', '2 s']);
    expect((await recording.span('2 s')).attributes[KEPT]).toBe('duration');
  });

  it('is kept when it cost much', async () => {
    const recording = holding({ cost: 0.5 });
    for (const cost of [0.2, 0.3]) {
      const run = startSession({ name: `twice ${cost}` });
      for (const _ of [1, 2]) run.record(new LLMEvent({ provider: 'openai', model: 'm', cost }));
      run.end('Success');
    }

    expect(await names(recording)).toEqual(['chat m', 'chat m', 'twice 0.3']);
    expect((await recording.span('twice 0.3')).attributes[KEPT]).toBe('cost');
  });

  it('is let go when it was none of these', async () => {
    const recording = holding({ errors: true, duration: '1h', cost: 100 });
    session('run', () => tool('search', () => {}));

    expect(await names(recording)).toEqual([]);
    expect(recording.client.stats().sampling).toMatchObject({ unsampled: 1, held: 0, heldBytes: 0, kept: 0 });
    expect(accountOf(recording.client, MEMORY).ended).toBe(0);
  });

  it('is not even recorded where there is nothing to keep it for', () => {
    const recording = holding({ maxBytes: '1MiB' });
    expect(startSession().span.isRecording()).toBe(false);
    expect(recording.client.stats().sampling).toMatchObject({ unsampled: 1, held: 0 });
  });

  it('enters no account before it is decided', async () => {
    const recording = holding({ errors: true });
    const run = startSession({ name: 'run' });
    run.run(() => tool('search', () => {}));
    await recording.client.flush();
    expect(accountOf(recording.client, MEMORY).ended).toBe(0);
    expect(recording.client.stats().sampling).toMatchObject({ held: 1, kept: 0 });

    run.run(failingTool);
    await recording.client.flush();
    expect(accountOf(recording.client, MEMORY).delivered).toBe(2);
    expect(recording.client.stats().sampling).toMatchObject({ held: 0, heldBytes: 0, kept: 1 });
  });

  it('is followed by what comes after its end', async () => {
    const recording = holding({ errors: true });
    for (const end of ['Fail', 'Success'] as const) {
      const run = startSession({ name: end });
      const slow = run.run(() => trace.getTracer('foreign').startSpan(`started in ${end}`));
      run.end(end);
      slow.end();
      run.run(() => tool(`late in ${end}`, () => {}));
    }

    expect(await names(recording)).toEqual(['Fail', 'started in Fail', 'execute_tool late in Fail']);
  });

  it('is judged at the shutdown like any other', async () => {
    const recording = holding({ errors: true });
    startSession({ name: 'failing' }).run(failingTool);
    startSession({ name: 'well' }).run(() => tool('search', () => {}));
    await recording.client.shutdown();

    expect(accountOf(recording.client, MEMORY).delivered).toBe(2);
    expect(recording.client.stats().sampling).toMatchObject({ held: 0, kept: 1, unsampled: 1 });
  });

  it('is judged when the process ends, and arrives where it is kept', async ({ endpoint }) => {
    const { code, stderr } = await runProgram('keeping.ts', [endpoint.url]);

    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const spans = endpoint.received.flatMap((request) => request.spans);
    expect(spans.map((span) => [span.operation_name, span.attributes[KEPT]])).toEqual([
      ['execute_tool search', undefined],
      ['run', 'duration'],
    ]);
  });

  it('is for no session that a rule wants never to be recorded', async () => {
    const rules = [{ match: { name: 'health*' }, rate: 0 }];
    const recording = startRecording({ sampling: { rules, rate: 0, keep: { errors: true } } });
    session('health check', failingTool);
    session('work', failingTool);

    expect(await names(recording)).toEqual(['execute_tool broken', 'work']);
    expect(recording.client.stats().sampling).toMatchObject({ unsampled: 1, kept: 1, held: 0 });
  });

  it('stays out of the way of those that were', async () => {
    const recording = startRecording({
      sampling: { rules: [{ match: { name: 'sampled' }, rate: 1 }], rate: 0, keep: { errors: true } },
    });
    session('sampled', () => {
      const held = startSession({ name: 'held inside' });
      held.end('Success');
    });
    session('held', failingTool);

    expect(await names(recording)).toEqual(['sampled', 'execute_tool broken', 'held']);
    expect((await recording.span('sampled')).attributes).not.toHaveProperty(KEPT);
    expect(recording.client.stats().sampling).toMatchObject({ sampled: 1, unsampled: 1, kept: 1, held: 0 });
  });
});

describe('the memory that held sessions take (T6)', () => {
  const text = 'x'.repeat(10_000);

  it('is bounded: the oldest are let go, counted and reported', async () => {
    const recording = holding({ errors: true, maxBytes: 50_000 });
    const runs = Array.from({ length: 10 }, (_, number) => {
      const run = startSession({ name: `run ${number}` });
      run.record(new ActionEvent({ actionType: 'think', params: text }));
      return run;
    });
    const { held, heldBytes, evicted } = recording.client.stats().sampling;
    expect(held).toBeGreaterThan(1);
    expect(evicted).toBe(10 - held);
    expect(heldBytes).toBeGreaterThan(held * text.length);
    expect(heldBytes).toBeLessThanOrEqual(50_000);

    for (const run of runs) run.end('Fail');
    const kept = runs.slice(-held).flatMap(({ name }) => ['action think', name]);
    expect(await names(recording)).toEqual(kept);
    expect(recording.client.stats().sampling).toMatchObject({ kept: held, unsampled: 10 - held, held: 0 });
    expect(recording.errors[0]?.message).toContain('raise sampling.keep.maxBytes');
  });

  it('is bounded for sessions that record nothing and never end', () => {
    const recording = holding({ errors: true, maxBytes: '64KiB' });
    for (let number = 0; number < 1000; number += 1) startSession();

    const { held, evicted } = recording.client.stats().sampling;
    expect(held).toBeLessThan(200);
    expect(held + evicted).toBe(1000);
  });

  it('holds no session that outgrows it alone', async () => {
    const recording = holding({ errors: true, maxBytes: 25_000 });
    const run = startSession({ name: 'run' });
    for (const _ of [1, 2, 3]) run.record(new ActionEvent({ actionType: 'think', params: text }));
    run.end('Fail');

    expect(await names(recording)).toEqual([]);
    expect(recording.client.stats().sampling).toMatchObject({ evicted: 1, held: 0, heldBytes: 0 });
  });

  it('is given back when nothing is to be kept any more', async () => {
    const recording = holding({ errors: true });
    const run = startSession({ name: 'run' });
    run.run(() => tool('search', () => {}));
    recording.client.telemetry.update({ sampling: { keep: { errors: false } } });
    expect(recording.client.stats().sampling).toMatchObject({ held: 0, heldBytes: 0, unsampled: 1 });

    run.end('Fail');
    expect(await names(recording)).toEqual([]);
  });
});
