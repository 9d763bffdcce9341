import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter, on, once } from 'node:events';
import { readFile } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { bind, currentSession, session, shutdown, startSession, tool } from 'agentops';
import { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRecording } from './support/recording.ts';

beforeEach(() => void startRecording({ session: { mode: 'multi' } }));
afterEach(() => shutdown());

const here = (): string | undefined => currentSession()?.name;
/** Not `session(name, fn)`, which follows what comes out of `fn`. */
const inA = <T>(fn: () => T): T => startSession({ name: 'a' }).run(fn);
const inB = <T>(fn: () => T): T => startSession({ name: 'b' }).run(fn);

describe('bind (C3)', () => {
  it('keeps a callback, its arguments and its result', () => {
    const callback = inA(() =>
      bind(function (this: { factor: number }, value: number) {
        return `${here()} ${this.factor * value}`;
      }),
    );
    expect(inB(() => callback.call({ factor: 2 }, 21))).toBe('a 42');
    expect(callback.length).toBe(1);
    inB(() => {
      callback.call({ factor: 1 }, 1);
      expect(here()).toBe('b');
    });
  });

  it('lets through what a callback throws', () => {
    const callback = inA(() =>
      bind(() => {
        throw new RangeError('too far');
      }),
    );
    expect(callback).toThrow(RangeError);
  });

  it('keeps spans below the agent or tool they are for', async () => {
    await shutdown();
    const recording = startRecording();
    const callback = inA(() => tool('outer', () => bind(() => tool('inner', () => 1))));
    inB(() => callback());
    const inner = await recording.span('execute_tool inner');
    expect(inner.parentSpanContext?.spanId).toBe(
      (await recording.span('execute_tool outer')).spanContext().spanId,
    );
  });

  it('is the function as it is where telemetry is off', async () => {
    await shutdown();
    expect(bind((value: number) => value + 1)(1)).toBe(2);
    const emitter = new EventEmitter();
    expect(bind(emitter)).toBe(emitter);
  });
});

describe('an event emitter (C3)', () => {
  it('runs its listeners where it emits, unless they or it are bound', () => {
    const seen: unknown[] = [];
    const emitter = new EventEmitter();
    inA(() => {
      emitter.on('event', () => seen.push(['plain', here()]));
      emitter.on(
        'event',
        bind(() => seen.push(['bound', here()])),
      );
      expect(bind(emitter)).toBe(emitter);
    });
    const late = (): unknown => seen.push(['of a bound emitter', here()]);
    emitter.on('event', late);
    inB(() => emitter.emit('event'));
    emitter.off('event', late);
    emitter.emit('event');
    expect(seen).toEqual([
      ['plain', 'b'],
      ['bound', 'a'],
      ['of a bound emitter', 'a'],
      ['plain', undefined],
      ['bound', 'a'],
    ]);
  });

  it('wakes who awaits it in the session of who awaits', async () => {
    const emitter = new EventEmitter();
    const waiting = inA(async () => {
      await once(emitter, 'event');
      const first = here();
      for await (const _ of on(emitter, 'event')) return [first, here()];
    });
    inB(() => emitter.emit('event'));
    await new Promise(setImmediate);
    inB(() => emitter.emit('event'));
    expect(await waiting).toEqual(['a', 'a']);
  });

  it('may be an EventTarget', () => {
    const seen: unknown[] = [];
    const target = new EventTarget();
    inA(() => {
      target.addEventListener('event', () => seen.push(here()));
      target.addEventListener(
        'event',
        bind(() => seen.push(here())),
      );
    });
    inB(() => target.dispatchEvent(new Event('event')));
    expect(seen).toEqual(['b', 'a']);
  });
});

describe('a generator (C3)', () => {
  async function* places() {
    for (let step = 0; step < 2; step += 1) {
      const before = here();
      await new Promise(setImmediate);
      yield [before, here()];
    }
  }

  it('runs each step where it is bound, whoever reads', async () => {
    const generator = inA(() => bind(places()));
    const seen = await inB(async () => {
      const items: unknown[] = [];
      for await (const item of generator) items.push(item, here());
      return items;
    });
    expect(seen).toEqual([['a', 'a'], 'b', ['a', 'a'], 'b']);
  });

  it('runs each step for who asks, where it is not', async () => {
    const generator = inA(() => places());
    expect((await inB(() => generator.next())).value).toEqual(['b', 'b']);
    expect((await inA(() => generator.next())).value).toEqual(['a', 'a']);
  });

  it('is closed where it is bound', async () => {
    let closed: string | undefined;
    const generator = inA(() =>
      bind(
        (function* () {
          try {
            yield 1;
            yield 2;
          } finally {
            closed = here();
          }
        })(),
      ),
    );
    inB(() => {
      for (const _ of generator) break;
    });
    expect(closed).toBe('a');
  });
});

describe('streams (C3)', () => {
  it('of Node tell bound listeners where they are bound, whoever writes', async () => {
    const seen: unknown[] = [];
    const stream = new PassThrough();
    inA(() => bind(stream).on('data', (chunk) => seen.push(String(chunk), here())));
    inB(() => stream.write('one'));
    await new Promise(setImmediate);
    stream.end('two');
    await once(stream, 'close');
    expect(seen).toEqual(['one', 'a', 'two', 'a']);
  });

  it('of Node stay in the session that runs a pipeline', async () => {
    const run = (name: string) =>
      session(name, async () => {
        const seen = new Set<string | undefined>();
        const source = Readable.from([1, 2, 3]);
        const step = new Transform({
          objectMode: true,
          transform(chunk, _encoding, done) {
            seen.add(here());
            setImmediate(done, null, chunk);
          },
        });
        await pipeline(source, step, async (chunks) => {
          for await (const _ of chunks) seen.add(here());
        });
        return [...seen, here()];
      });
    expect(await Promise.all(['a', 'b'].map(run))).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });

  it('of the web run bound steps where they are bound, whoever reads', async () => {
    const { stream, writer } = inA(() => {
      const step = new TransformStream<string, unknown>({
        transform: bind((chunk: string, controller: TransformStreamDefaultController<unknown>) => {
          controller.enqueue([chunk, here()]);
        }),
      });
      return { stream: step.readable, writer: step.writable.getWriter() };
    });
    const seen = await inB(async () => {
      void writer.write('one').then(() => writer.close());
      const items: unknown[] = [];
      for await (const item of stream) items.push(item, here());
      return items;
    });
    expect(seen).toEqual([['one', 'a'], 'b']);
  });
});

describe('AsyncLocalStorage of others (C3)', () => {
  it('is undisturbed, and does not disturb', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen = await storage.run('theirs', () =>
      inA(async () => {
        await new Promise(setImmediate);
        const inside = [storage.getStore(), here()];
        const nested = storage.run('other', () => [storage.getStore(), here()]);
        const outside = storage.exit(() => [storage.getStore(), here()]);
        const snapshot = AsyncLocalStorage.snapshot();
        const later = inB(() => snapshot(() => [storage.getStore(), here()]));
        return [inside, nested, outside, later];
      }),
    );
    expect(seen).toEqual([
      ['theirs', 'a'],
      ['other', 'a'],
      [undefined, 'a'],
      ['theirs', 'a'],
    ]);
    expect(storage.getStore()).toBe(undefined);
  });

  it('keeps its own value in what is bound here', () => {
    const storage = new AsyncLocalStorage<string>();
    const callback = storage.run('first', () => inA(() => bind(() => [storage.getStore(), here()])));
    expect(storage.run('second', () => inB(() => callback()))).toEqual(['second', 'a']);
  });
});

/** Has one resource: whoever asks while it is in use is called when the one before gives it back. */
class CallbackPool {
  readonly #waiting: (() => void)[] = [];
  #isFree = true;

  acquire(callback: () => void): void {
    if (!this.#isFree) this.#waiting.push(callback);
    else {
      this.#isFree = false;
      callback();
    }
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isFree = true;
    else next();
  }
}

describe('a pool that goes on with the work of another session (C3)', () => {
  it('calls back in that session, where the callback is bound', () => {
    const pool = new CallbackPool();
    const seen: unknown[] = [];
    inA(() => pool.acquire(() => seen.push(here())));
    inB(() => {
      pool.acquire(bind(() => seen.push(here())));
      pool.acquire(AsyncResource.bind(() => seen.push(here())));
      pool.acquire(() => seen.push(here()));
    });
    inA(() => {
      pool.release();
      pool.release();
      pool.release();
      expect(here()).toBe('a');
    });
    // The last is what Node does: it runs in the session that has released.
    expect(seen).toEqual(['a', 'b', 'b', 'a']);
  });

  it('calls back in that session, where it is awaited', async () => {
    const pool = new CallbackPool();
    const acquire = promisify((done: (error: null) => void) => pool.acquire(() => done(null)));
    const use = (name: string) =>
      session(name, async () => {
        await acquire();
        const seen = here();
        await new Promise(setImmediate);
        pool.release();
        return seen;
      });
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(use))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has a worker loop that belongs to nobody', async () => {
    const queue: (() => void)[] = [];
    const arrived = new EventEmitter();
    const seen: unknown[] = [];
    // Begun by the first session that needs it, as pools are.
    const loop = inA(async () => {
      while (seen.length < 2) {
        if (queue.length === 0) await once(arrived, 'task');
        queue.shift()?.();
      }
    });
    for (const name of ['b', 'c']) {
      session(name, () => queue.push(bind(() => seen.push(here()))));
      arrived.emit('task');
      await new Promise(setImmediate);
    }
    await loop;
    expect(seen).toEqual(['b', 'c']);
  });

  it('is that of node:http or of undici', async () => {
    const server = createServer((_request, response) => setImmediate(() => response.end('here')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const pool = new Pool(url, { connections: 1 });
    const ask = (name: string) =>
      session(name, async () => {
        const seen = new Set<string | undefined>();
        await new Promise<void>((resolve) => {
          get(url, { agent }, (response) => {
            seen.add(here());
            response.on('data', () => seen.add(here()));
            response.on('end', () => {
              seen.add(here());
              resolve();
            });
          });
        });
        const { body } = await pool.request({ path: '/', method: 'GET' });
        seen.add(here());
        for await (const _ of body) seen.add(here());
        return [...seen];
      });
    try {
      expect(await Promise.all(['a', 'b', 'c'].map(ask))).toEqual([['a'], ['b'], ['c']]);
    } finally {
      agent.destroy();
      await pool.close();
      server.close();
    }
  });

  it('is that of the file system', async () => {
    const seen = await Promise.all(
      ['a', 'b'].map((name) =>
        session(name, () => new Promise((resolve) => readFile(import.meta.filename, () => resolve(here())))),
      ),
    );
    expect(seen).toEqual(['a', 'b']);
  });
});
