import { EventEmitter, once } from 'node:events';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ActionEvent, agent, record, type Session, session, shutdown, task, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, type Recording, startRecording } from './support/recording.ts';

afterEach(() => shutdown());

const SESSIONS = 200;

/** Runs jobs one after another, in a loop that belongs to no session. */
class WorkerPool {
  readonly #jobs: (() => Promise<void>)[] = [];
  readonly #wake = new EventEmitter();
  #closed = false;

  constructor(workers: number) {
    for (let n = 0; n < workers; n += 1) void this.#work();
  }

  run<T>(job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#jobs.push(() => job().then(resolve, reject));
      this.#wake.emit('job');
    });
  }

  close(): void {
    this.#closed = true;
    this.#wake.emit('job');
  }

  async #work(): Promise<void> {
    while (!this.#closed) {
      const job = this.#jobs.shift();
      if (job === undefined) await once(this.#wake, 'job');
      else await job();
    }
  }
}

/** One program: an agent with a sub-agent whose work takes every kind of asynchronous detour. */
async function program(run: Session, name: string, pool: WorkerPool, news: EventEmitter): Promise<void> {
  await agent({ name: `boss-${name}`, id: `boss-${name}` }, async () => {
    await delay(Number(name) % 3);
    tool(`timer-${name}`, () => {});
    const numbers = tool(`generator-${name}`, async function* () {
      for (let n = 0; n < 3; n += 1) {
        await turn();
        task(`step-${n}-${name}`, () => {});
        yield n;
      }
    });
    await agent({ name: `helper-${name}`, id: `helper-${name}` }, async () => {
      for await (const _ of numbers) await Promise.resolve();
      await Promise.all([
        tool(`left-${name}`, () => delay(1)),
        tool(`right-${name}`, () =>
          Promise.resolve().then(() => record(new ActionEvent({ actionType: `note-${name}` }))),
        ),
      ]);
    });
    // The pool's own loop runs the job: the job carries its session and agent along.
    await pool.run(() => run.run(() => tool(`pooled-${name}`, () => turn())));
    news.once(`news-${name}`, () => tool(`heard-${name}`, () => {}));
  });
}

/** The names of the spans from the root down to `span`. */
function pathOf(span: ReadableSpan, byId: ReadonlyMap<string, ReadableSpan>): string[] {
  const parent = byId.get(parentOf(span) ?? '');
  return parent === undefined ? [span.name] : [...pathOf(parent, byId), span.name];
}

async function pathsByTrace(recording: Recording): Promise<Map<string, Set<string>>> {
  const spans = await recording.spans();
  const byId = new Map(spans.map((span) => [idOf(span), span]));
  const paths = new Map<string, Set<string>>();
  for (const span of spans) {
    const { traceId } = span.spanContext();
    paths.set(traceId, (paths.get(traceId) ?? new Set()).add(pathOf(span, byId).join(' > ')));
  }
  return paths;
}

/** Every span a program makes, from the root down. */
function expectedPaths(name: string): Set<string> {
  const boss = `run-${name} > invoke_agent boss-${name}`;
  const helper = `${boss} > invoke_agent helper-${name}`;
  const generator = `${boss} > execute_tool generator-${name}`;
  return new Set([
    `run-${name}`,
    boss,
    helper,
    generator,
    ...[0, 1, 2].map((n) => `${generator} > task step-${n}-${name}`),
    `${boss} > execute_tool timer-${name}`,
    `${helper} > execute_tool left-${name}`,
    `${helper} > execute_tool right-${name}`,
    `${helper} > execute_tool right-${name} > action note-${name}`,
    `run-${name} > execute_tool pooled-${name}`,
    `run-${name} > execute_tool heard-${name}`,
  ]);
}

describe(`${SESSIONS} sessions at the same time (C3, S7)`, () => {
  it('put every span into its own trace, below its own parent', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const pool = new WorkerPool(4);
    const news = new EventEmitter().setMaxListeners(0);
    const ids = await Promise.all(
      Array.from({ length: SESSIONS }, (_, n) =>
        session(`run-${n}`, async (run) => {
          await program(run, String(n), pool, news);
          // An emitter runs its listeners where it is told the news, not where they were added.
          news.emit(`news-${n}`);
          return run.traceId;
        }),
      ),
    );
    pool.close();

    const paths = await pathsByTrace(recording);
    expect(paths.size).toBe(SESSIONS);
    ids.forEach((traceId, n) => {
      expect(paths.get(traceId)).toEqual(expectedPaths(String(n)));
    });
    for (const span of await recording.spans()) {
      const name = span.name.split('-').at(-1);
      const agentId = span.attributes['gen_ai.agent.id'];
      if (agentId !== undefined) expect(agentId).toMatch(new RegExp(`^(boss|helper)-${name}$`));
    }
    expect(recording.errors).toEqual([]);
    expect(recording.client.stats().openSessions).toBe(0);
  });
});
