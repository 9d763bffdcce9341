import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** What one call may say beyond its body. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ClientOptions {
  /** Default 0. */
  readonly maxRetries?: number;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** What both clients' methods return. */
export interface Answer<T> extends Promise<T> {
  asResponse(): Promise<Response>;
  withResponse(): Promise<{ data: T; response: Response; request_id?: string | null | undefined }>;
}

/** Both clients' stream of chunks. */
export interface ChunkStream extends AsyncIterable<unknown> {
  readonly controller: AbortController;
  tee(): [ChunkStream, ChunkStream];
  toReadableStream(): ReadableStream;
}

/** What both clients' `stream()` helpers return. */
export interface StreamHelper extends AsyncIterable<unknown> {
  finalMessage(): Promise<unknown>;
  abort(): void;
}

/** A client, as far as the providers' are used alike: each method asks the same small question. */
export interface Caller {
  create(options?: CallOptions): Answer<unknown>;
  createStream(options?: CallOptions): Answer<ChunkStream>;
  parse(options?: CallOptions): Promise<unknown>;
  stream(options?: CallOptions): StreamHelper;
  withOptions(): Caller;
}

/** Hands a client on as it is, or instrumented. */
export type Instrument = <Client extends object>(client: Client) => Client;

/** A provider, with its own client. */
export interface ProviderCase {
  readonly name: 'openai' | 'anthropic';
  readonly model: string;
  connect(url: string, instrument: Instrument, options?: ClientOptions): Caller;
}

const settings = { apiKey: 'key', maxRetries: 0, logLevel: 'off' } as const;

export function openaiClient(url: string, options?: ClientOptions): OpenAI {
  return new OpenAI({ ...settings, baseURL: `${url}/v1`, ...options });
}

export function anthropicClient(url: string, options?: ClientOptions): Anthropic {
  return new Anthropic({ ...settings, baseURL: url, ...options });
}

const openai: ProviderCase = {
  name: 'openai',
  model: 'gpt-4o',
  connect: (url, instrument, options) => openaiCaller(instrument(openaiClient(url, options))),
};

const anthropic: ProviderCase = {
  name: 'anthropic',
  model: 'claude-sonnet-5-5',
  connect: (url, instrument, options) => anthropicCaller(instrument(anthropicClient(url, options))),
};

export const PROVIDERS: readonly ProviderCase[] = [openai, anthropic];

function openaiCaller(client: OpenAI): Caller {
  const body = { model: openai.model, messages: [{ role: 'user' as const, content: 'How warm is it?' }] };
  const { completions } = client.chat;
  return {
    create: (options) => completions.create(body, options),
    createStream: (options) => completions.create({ ...body, stream: true }, options),
    parse: (options) => completions.parse(body, options),
    stream: (options) => completions.stream(body, options),
    withOptions: () => openaiCaller(client.withOptions({ defaultHeaders: { 'x-copy': 'yes' } })),
  };
}

function anthropicCaller(client: Anthropic): Caller {
  const body = {
    model: anthropic.model,
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: 'How warm is it?' }],
  };
  const { messages } = client;
  return {
    create: (options) => messages.create(body, options),
    createStream: (options) => messages.create({ ...body, stream: true }, options),
    parse: (options) => messages.parse(body, options),
    stream: (options) => messages.stream(body, options),
    withOptions: () => anthropicCaller(client.withOptions({ defaultHeaders: { 'x-copy': 'yes' } })),
  };
}
