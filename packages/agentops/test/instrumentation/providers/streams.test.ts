import { always, type Fault } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { controlRun } from './support/control-run.ts';
import { type Caller, type CallOptions, type ChunkStream, PROVIDERS } from './support/provider-case.ts';

type Note = (seen: unknown) => void;

/** Something a program does with a stream. */
interface Way {
  readonly name: string;
  use(caller: Caller, note: Note, options: CallOptions): Promise<void>;
}

const READING: readonly Way[] = [
  {
    name: 'for await',
    use: async (caller, note) => noteAll(await caller.createStream(), note),
  },
  {
    name: 'next() by hand',
    async use(caller, note) {
      const stream = await caller.createStream();
      note([stream.constructor.name, Object.keys(stream), stream.controller.signal.aborted]);
      const iterator = stream[Symbol.asyncIterator]();
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) note(step);
      note(await iterator.next());
    },
  },
  {
    name: 'withResponse()',
    async use(caller, note) {
      const { data, response, request_id } = await caller.createStream().withResponse();
      note([response.status, request_id]);
      await noteAll(data, note);
    },
  },
  {
    name: 'tee()',
    async use(caller, note) {
      const [left, right] = (await caller.createStream()).tee();
      await noteAll(left, note);
      await noteAll(right, note);
    },
  },
  {
    name: 'toReadableStream()',
    async use(caller, note) {
      const readable = (await caller.createStream()).toReadableStream();
      for await (const line of readable) note(JSON.parse(Buffer.from(line).toString()));
    },
  },
  {
    name: 'a withOptions() copy',
    use: async (caller, note) => noteAll(await caller.withOptions().createStream(), note),
  },
  {
    name: 'stream()',
    async use(caller, note) {
      const helper = caller.stream();
      await noteAll(helper, note);
      note(await helper.finalMessage());
    },
  },
  {
    name: 'stream().finalMessage()',
    use: async (caller, note) => note(await caller.stream().finalMessage()),
  },
];

/** How a stream ends by itself. `errorType` is absent where it does so in peace. */
interface Ending {
  readonly name: string;
  readonly fault?: Fault;
  readonly errorType?: { readonly openai: string; readonly anthropic: string };
  /** The stream had begun. */
  readonly truncated?: true;
}

const both = (type: string) => ({ openai: type, anthropic: type });

const ENDINGS: readonly Ending[] = [
  { name: 'a whole answer' },
  {
    name: 'HTTP 400',
    fault: { kind: 'status', status: 400 },
    errorType: both('invalid_request_error'),
  },
  {
    name: 'a connection cut before the answer',
    fault: { kind: 'cut' },
    errorType: both('APIConnectionError'),
  },
  {
    name: 'a connection cut mid-stream',
    fault: { kind: 'cut', afterChunks: 4 },
    errorType: both('TypeError'),
    truncated: true,
  },
  {
    name: 'a chunk that is no JSON',
    fault: { kind: 'malformed', chunk: 4 },
    errorType: both('SyntaxError'),
    truncated: true,
  },
  {
    name: 'an error event mid-stream',
    fault: { kind: 'error-event', afterChunks: 4, status: 529 },
    errorType: { openai: 'server_error', anthropic: 'overloaded_error' },
    truncated: true,
  },
];

/**
 * Ways of having enough of a stream that would go on. `fails` names the provider whose client lets an error that the
 * program throws into its stream come through; the other closes the stream.
 */
const STOPPING: readonly (Way & { readonly fails?: 'anthropic' })[] = [
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
      note(
        Buffer.from((await reader.read()).value)
          .toString()
          .includes('It is'),
      );
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

describe.each(PROVIDERS)('$name: a stream is the same with and without us (P3, P6)', (provider) => {
  describe.each(READING)('$name', (way) => {
    it.each(ENDINGS)('$name', async ({ fault, errorType, truncated }) => {
      const { plain, watched, calls } = await controlRun(() => ({
        script: always({ text, ...(fault && { fault }) }),
        program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note, {}),
      }));

      expect(watched).toEqual(plain);
      expect(plain.seen).not.toEqual([]);
      expect(calls).toHaveLength(1);
      const [call] = calls;
      expect(call?.status.code).toBe(errorType === undefined ? 0 : 2);
      expect(call?.events).toHaveLength(errorType === undefined ? 0 : 1);
      expect(call?.attributes).toMatchObject({ 'gen_ai.request.stream': true });
      expect(call?.attributes['error.type']).toBe(errorType?.[provider.name]);
      expect(call?.attributes['agentops.stream.truncated']).toBe(truncated);
      if (fault === undefined || truncated) expect(receivedText(call?.attributes)).toContain('It is');
    });
  });

  describe.each(STOPPING)('$name mid-stream', (way) => {
    it('ends the span with what had arrived, and the rest is not read', async () => {
      const { plain, watched, calls } = await controlRun(() => ({
        script: always({ text, fault: { kind: 'hang', afterChunks: 5 } }),
        program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note, {}),
      }));

      expect(watched).toEqual(plain);
      expect(plain.requests.map(({ outcome }) => outcome)).toEqual(['abandoned']);
      expect(calls).toHaveLength(1);
      expect(calls[0]?.status.code).toBe(way.fails === provider.name ? 2 : 0);
      expect(calls[0]?.attributes).toMatchObject({ 'agentops.stream.truncated': true });
    });
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

async function noteAll(stream: AsyncIterable<unknown> | ChunkStream, note: Note): Promise<void> {
  for await (const chunk of stream) note(chunk);
}

function receivedText(attributes: Readonly<Record<string, unknown>> = {}): string {
  return String(attributes['gen_ai.output.messages']);
}
