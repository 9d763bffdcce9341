import {
  type AgentOpsError,
  type InitOptions,
  InstrumentedProvider,
  type ProviderMethod,
  type StreamAssembler,
  session,
  shutdown,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, startRecording } from '../../support/recording.ts';
import { llmSpans } from './support/control-run.ts';

/** A client that no SDK knows: it says back what it is told, word by word where that is wanted. */
class ParrotClient {
  readonly baseURL = 'https://parrot.example';
  readonly cage = { squawk: (request: SquawkRequest) => this.#squawk(request) };

  async #squawk({ text, stream }: SquawkRequest): Promise<Squawk | AsyncIterable<Word>> {
    if (text === '') throw new TypeError('nothing to say');
    return stream ? words(text) : { said: text, seeds: { in: 3, out: 4 } };
  }
}

interface SquawkRequest {
  readonly text: string;
  readonly stream?: boolean;
}
interface Squawk {
  readonly said: string;
  readonly seeds: { readonly in: number; readonly out: number };
}
interface Word {
  readonly word: string;
  readonly last: boolean;
}

async function* words(text: string): AsyncGenerator<Word> {
  const all = text.split(' ');
  for (const [index, word] of all.entries()) yield { word, last: index === all.length - 1 };
}

const said = (text: string) => [{ role: 'assistant', parts: [{ type: 'text', content: text }] }];

class WordAssembler implements StreamAssembler<Word> {
  readonly #words: Word[] = [];

  add(word: Word): void {
    this.#words.push(word);
  }

  response() {
    return {
      messages: said(this.#words.map(({ word }) => word).join(' ')),
      truncated: this.#words.at(-1)?.last !== true,
    };
  }
}

const squawk: ProviderMethod<SquawkRequest, Squawk, Word> = {
  path: ['cage', 'squawk'],
  request: ({ stream }) => ({ operation: 'chat', model: 'grey-1', stream: stream === true }),
  input: ({ text }) => ({ messages: [{ role: 'user', parts: [{ type: 'text', content: text }] }] }),
  response: (result) => ({
    messages: said(result.said),
    usage: { inputTokens: result.seeds.in, outputTokens: result.seeds.out },
  }),
  assembler: () => new WordAssembler(),
};

class ParrotProvider extends InstrumentedProvider<ParrotClient> {
  override readonly name: string = 'parrot';
  protected override readonly methods: readonly ProviderMethod<never, never, never>[] = [squawk];

  override recognises(client: object): client is ParrotClient {
    return client instanceof ParrotClient;
  }
}

afterEach(() => shutdown());

describe('a provider of your own (P1)', () => {
  it('records whole answers', async () => {
    const client = new ParrotClient();
    const { result, call } = await record(async () => {
      expect(new ParrotProvider().instrument(client)).toBe(client);
      return client.cage.squawk({ text: 'Hello there' });
    });

    expect(result).toEqual({ said: 'Hello there', seeds: { in: 3, out: 4 } });
    expect(call).toMatchObject({ name: 'chat grey-1', kind: 2, status: { code: 0 } });
    expect(call?.attributes).toMatchObject({
      'gen_ai.provider.name': 'parrot',
      'gen_ai.request.model': 'grey-1',
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 4,
      'server.address': 'parrot.example',
      'server.port': 443,
    });
    expect(jsonOf(call!, 'gen_ai.input.messages')).toMatchObject([{ parts: [{ content: 'Hello there' }] }]);
    expect(jsonOf(call!, 'gen_ai.output.messages')).toEqual(said('Hello there'));
  });

  it('records streams', async () => {
    const { result, call } = await record(() => readWords(new ParrotProvider(), 2));

    expect(result).toEqual(['Hello', 'there']);
    expect(jsonOf(call!, 'gen_ai.output.messages')).toEqual(said('Hello there'));
    expect(call?.attributes).toHaveProperty(['gen_ai.response.time_to_first_chunk']);
    expect(call?.attributes).not.toHaveProperty(['agentops.stream.truncated']);
  });

  it('records what had arrived of a stream that its reader left', async () => {
    const { call } = await record(() => readWords(new ParrotProvider(), 1));

    expect(jsonOf(call!, 'gen_ai.output.messages')).toEqual(said('Hello'));
    expect(call?.attributes).toMatchObject({ 'agentops.stream.truncated': true });
  });

  it('records errors', async () => {
    const { result, call } = await record(() => {
      return new ParrotProvider().instrument(new ParrotClient()).cage.squawk({ text: '' });
    });

    expect(result).toEqual(new TypeError('nothing to say'));
    expect(call?.status).toEqual({ code: 2, message: 'nothing to say' });
    expect(call?.attributes).toMatchObject({ 'error.type': 'TypeError' });
    expect(call?.events).toHaveLength(1);
  });

  it('may not know its methods: a client that lacks one is left alone', () => {
    const { errors } = startRecording();
    const client = Object.create(ParrotClient.prototype) as ParrotClient;

    expect(new ParrotProvider().adopt(client)).toBe(true);
    expect(errors).toEqual([]);
  });
});

describe('a provider of your own with a fault (P6)', () => {
  const fault = (): never => {
    throw new Error('wrong mapping');
  };
  /** What is wrong, and whether there is a span all the same. */
  const FAULTS: readonly { part: string; method: object; spans: number }[] = [
    { part: 'request()', method: { request: fault }, spans: 0 },
    { part: 'input()', method: { input: fault }, spans: 1 },
    { part: 'response()', method: { response: fault }, spans: 1 },
    { part: 'assembler()', method: { assembler: fault }, spans: 1 },
    {
      part: "an assembler's add()",
      method: { assembler: () => ({ add: fault, response: () => ({}) }) },
      spans: 1,
    },
    {
      part: "an assembler's response()",
      method: { assembler: () => ({ add() {}, response: fault }) },
      spans: 1,
    },
  ];

  class FaultyProvider extends ParrotProvider {
    protected override readonly methods: readonly ProviderMethod<never, never, never>[];

    constructor(method: object) {
      super();
      this.methods = [{ ...squawk, ...method }];
    }

    protected override errorType(): string {
      return fault();
    }
  }

  it.each(FAULTS)('in $part: the program goes on, the span ends, the fault is reported', async (faulty) => {
    const whole = await record(() => {
      return new FaultyProvider(faulty.method).instrument(new ParrotClient()).cage.squawk({ text: 'Hello' });
    });
    await shutdown();
    const streamed = await record(() => readWords(new FaultyProvider(faulty.method), 2));

    expect(whole.result).toMatchObject({ said: 'Hello' });
    expect(streamed.result).toEqual(['Hello', 'there']);
    expect([whole.calls, streamed.calls]).toEqual([faulty.spans, faulty.spans]);
    expect([...whole.errors, ...streamed.errors]).not.toEqual([]);
    for (const error of [...whole.errors, ...streamed.errors]) {
      expect(error).toMatchObject({ code: 'internal', message: 'parrot failed: wrong mapping' });
    }
  });

  it('in errorType(): the program gets its own error, and the span has it', async () => {
    const { result, call, errors } = await record(() => {
      return new FaultyProvider({}).instrument(new ParrotClient()).cage.squawk({ text: '' });
    });

    expect(result).toEqual(new TypeError('nothing to say'));
    expect(call?.attributes).toMatchObject({ 'error.type': 'TypeError' });
    expect(errors).toMatchObject([{ code: 'internal' }]);
  });
});

/** Runs `program` in a session; with what it gave or threw. */
async function record(program: () => Promise<unknown>, options?: InitOptions) {
  const recording = startRecording(options);
  const result = await session('run', program).catch((error: unknown) => error);
  const calls = llmSpans(await recording.spans());
  const errors: readonly AgentOpsError[] = recording.errors;
  return { result, call: calls[0], calls: calls.length, errors };
}

/** Up to `count` words of a streamed greeting. */
async function readWords(provider: ParrotProvider, count: number): Promise<string[]> {
  const client = provider.instrument(new ParrotClient());
  const stream = (await client.cage.squawk({ text: 'Hello there', stream: true })) as AsyncIterable<Word>;
  const heard: string[] = [];
  for await (const { word, last } of stream) {
    heard.push(word);
    if (heard.length === count && !last) break;
  }
  return heard;
}
