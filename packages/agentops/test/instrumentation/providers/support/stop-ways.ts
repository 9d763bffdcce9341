import type { Note } from './control-run.ts';
import type { Caller, StainlessCaller } from './provider-case.ts';

/** A way of having enough of a stream that would go on. */
export interface StopWay<C extends Caller = Caller> {
  readonly name: string;
  /** Of clients that let an error that is thrown into their stream come through; others close it. */
  readonly fails?: readonly string[];
  use(caller: C, note: Note): Promise<void>;
}

/** Those that every stream has. */
export const stops: readonly StopWay[] = [
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
    fails: ['openai 6', 'anthropic 0', 'anthropic 1'],
    async use(caller, note) {
      const iterator = (await caller.createStream())[Symbol.asyncIterator]();
      note(await iterator.next());
      await iterator.throw?.(undefined);
    },
  },
];

/** Those that streams of Stainless-made clients have besides. */
export const stainlessStops: readonly StopWay<StainlessCaller>[] = [
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
