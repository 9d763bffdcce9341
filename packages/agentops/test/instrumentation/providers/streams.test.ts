import { always, type Fault } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { controlRun, type Note } from './support/control-run.ts';
import { type Caller, type ChunkStream, PROVIDERS } from './support/provider-case.ts';

/** A way of reading a stream to its end. */
interface Way {
  readonly name: string;
  use(caller: Caller, note: Note): Promise<void>;
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

const text = 'It is 21 degrees and sunny.';

describe.each(PROVIDERS)('$name: a stream is the same with and without us (P3, P6)', (provider) => {
  describe.each(READING)('$name', (way) => {
    it.each(ENDINGS)('$name', async ({ fault, errorType, truncated }) => {
      const { plain, watched, calls } = await controlRun(() => ({
        script: always({ text, ...(fault && { fault }) }),
        program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note),
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
});

async function noteAll(stream: AsyncIterable<unknown> | ChunkStream, note: Note): Promise<void> {
  for await (const chunk of stream) note(chunk);
}

function receivedText(attributes: Readonly<Record<string, unknown>> = {}): string {
  return String(attributes['gen_ai.output.messages']);
}
