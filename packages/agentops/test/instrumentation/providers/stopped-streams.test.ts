import { always } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { controlRun, type Note } from './support/control-run.ts';
import { type Caller, PROVIDERS } from './support/provider-case.ts';

/** A way of having enough of a stream that would go on. */
interface Way {
  readonly name: string;
  /** The provider whose client lets an error that is thrown into its stream come through; the other's closes it. */
  readonly fails?: 'anthropic';
  use(caller: Caller, note: Note): Promise<void>;
}

const WAYS: readonly Way[] = [
  {
    name: 'break',
    async use(caller, note) {
      for await (const chunk of await caller.createStream()) {
        note(chunk);
        break;
      }
    },
  },
  {
    name: 'an error in the loop',
    async use(caller, note) {
      for await (const chunk of await caller.createStream()) {
        note(chunk);
        throw new Error('the program has a fault');
      }
    },
  },
  {
    name: 'iterator.return()',
    async use(caller, note) {
      const iterator = (await caller.createStream())[Symbol.asyncIterator]();
      note(await iterator.next());
      note(await iterator.return?.('enough'));
      note(await iterator.next());
    },
  },
  {
    name: 'iterator.throw()',
    fails: 'anthropic',
    async use(caller, note) {
      const iterator = (await caller.createStream())[Symbol.asyncIterator]();
      note(await iterator.next());
      await iterator.throw?.(undefined);
    },
  },
  {
    name: 'stream.controller.abort()',
    async use(caller, note) {
      const stream = await caller.createStream();
      for await (const chunk of stream) {
        note(chunk);
        stream.controller.abort();
      }
    },
  },
  {
    name: 'stream.controller.abort() before reading',
    async use(caller, note) {
      const stream = await caller.createStream();
      stream.controller.abort();
      note('stopped');
    },
  },
  {
    name: 'cancel() of toReadableStream()',
    async use(caller, note) {
      const reader = (await caller.createStream()).toReadableStream().getReader();
      note(JSON.parse(Buffer.from((await reader.read()).value).toString()));
      await reader.cancel();
    },
  },
  {
    name: 'stream().abort()',
    async use(caller, note) {
      const helper = caller.stream();
      for await (const chunk of helper) {
        note(chunk);
        helper.abort();
      }
    },
  },
  {
    name: 'break out of stream()',
    async use(caller, note) {
      for await (const chunk of caller.stream()) {
        note(chunk);
        break;
      }
    },
  },
];

const text = 'It is 21 degrees and sunny.';

describe.each(PROVIDERS)('$name: a stream that its reader leaves (P3, P6)', (provider) => {
  it.each(WAYS)('$name ends the span with what had arrived, and the rest is not read', async (way) => {
    const { plain, watched, calls } = await controlRun(() => ({
      script: always({ text, fault: { kind: 'hang', afterChunks: 5 } }),
      program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note),
    }));

    expect(watched).toEqual(plain);
    expect(plain.requests.map(({ outcome }) => outcome)).toEqual(['abandoned']);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.status.code).toBe(way.fails === provider.name ? 2 : 0);
    expect(calls[0]?.attributes).toMatchObject({ 'agentops.stream.truncated': true });
  });

  it('ends the span when a silent stream is aborted through the signal of its call', async () => {
    const { plain, watched, calls } = await controlRun(() => {
      const abort = new AbortController();
      return {
        script: always({ text, fault: { kind: 'hang', afterChunks: 4 } }),
        async program({ url, instrument, note }) {
          const caller = provider.connect(url, instrument);
          for await (const chunk of await caller.createStream({ signal: abort.signal })) {
            note(chunk);
            if (JSON.stringify(chunk).includes('It is')) abort.abort();
          }
        },
      };
    });

    expect(watched).toEqual(plain);
    expect(calls).toMatchObject([{ status: { code: 0 }, attributes: { 'agentops.stream.truncated': true } }]);
  });
});
