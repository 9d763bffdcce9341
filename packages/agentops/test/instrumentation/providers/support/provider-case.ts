import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { type AnswerWay, anthropicAnswers, openaiAnswers } from './answer-ways.ts';
import { anthropicStreams, openaiStreams, type StreamWay } from './stream-ways.ts';
import { anthropicToolLoops, openaiToolLoops, type ToolLoop } from './tool-loops.ts';

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
  /** For what only one of them can do. */
  readonly client: OpenAI | Anthropic;
}

/** Hands a client on as it is, or instrumented. */
export type Instrument = <Client extends object>(client: Client) => Client;

/** A provider, with a version of its own client. */
export interface ProviderCase {
  readonly name: 'openai' | 'anthropic';
  /** The client's. */
  readonly version: number;
  readonly model: string;
  connect(url: string, instrument: Instrument, options?: ClientOptions): Caller;
  /** Ways of asking for a whole answer that this provider has for itself. */
  readonly answers: readonly AnswerWay[];
  /** Ways of reading a stream that this provider has for itself. */
  readonly streams: readonly StreamWay[];
  readonly toolLoops: readonly ToolLoop[];
}

const settings = { apiKey: 'key', maxRetries: 0, logLevel: 'off' } as const;

export function openaiClient(url: string, options?: ClientOptions): OpenAI {
  return new OpenAI({ ...settings, baseURL: `${url}/v1`, ...options });
}

export function anthropicClient(url: string, options?: ClientOptions): Anthropic {
  return new Anthropic({ ...settings, baseURL: url, ...options });
}

/** Older clients, used as the newest are: what the tests do with them they can all do. */
export function openai6Client(url: string, options?: ClientOptions): OpenAI {
  return new OpenAI6({ ...settings, baseURL: `${url}/v1`, ...options }) as unknown as OpenAI;
}

export function anthropic0Client(url: string, options?: ClientOptions): Anthropic {
  return new Anthropic0({ ...settings, baseURL: url, ...options }) as unknown as Anthropic;
}

function openai(version: number, client: typeof openaiClient): ProviderCase {
  return {
    name: 'openai',
    version,
    model: OPENAI_MODEL,
    connect: (url, instrument, options) => openaiCaller(instrument(client(url, options))),
    answers: openaiAnswers,
    streams: openaiStreams,
    toolLoops: openaiToolLoops,
  };
}

function anthropic(version: number, client: typeof anthropicClient): ProviderCase {
  return {
    name: 'anthropic',
    version,
    model: ANTHROPIC_MODEL,
    connect: (url, instrument, options) => anthropicCaller(instrument(client(url, options))),
    answers: anthropicAnswers,
    streams: anthropicStreams,
    toolLoops: anthropicToolLoops,
  };
}

const OPENAI_MODEL = 'gpt-4o';
const ANTHROPIC_MODEL = 'claude-sonnet-5-5';

export const openai6 = openai(6, openai6Client);
export const openai7 = openai(7, openaiClient);
export const anthropic0 = anthropic(0, anthropic0Client);
export const anthropic1 = anthropic(1, anthropicClient);

/** With the newest of their clients. */
export const PROVIDERS: readonly ProviderCase[] = [openai7, anthropic1];

function openaiCaller(client: OpenAI): Caller {
  const body = { model: OPENAI_MODEL, messages: [{ role: 'user' as const, content: 'How warm is it?' }] };
  const { completions } = client.chat;
  return {
    client,
    create: (options) => completions.create(body, options),
    createStream: (options) => completions.create({ ...body, stream: true }, options),
    parse: (options) => completions.parse(body, options),
    stream: (options) => completions.stream(body, options),
    withOptions: () => openaiCaller(client.withOptions({ defaultHeaders: { 'x-copy': 'yes' } })),
  };
}

function anthropicCaller(client: Anthropic): Caller {
  const body = {
    model: ANTHROPIC_MODEL,
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: 'How warm is it?' }],
  };
  const { messages } = client;
  return {
    client,
    create: (options) => messages.create(body, options),
    createStream: (options) => messages.create({ ...body, stream: true }, options),
    parse: (options) => messages.parse(body, options),
    stream: (options) => messages.stream(body, options),
    withOptions: () => anthropicCaller(client.withOptions({ defaultHeaders: { 'x-copy': 'yes' } })),
  };
}
