import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import Anthropic0 from 'anthropic-sdk-0';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import {
  type AnswerWay,
  anthropicAnswers,
  googleAnswers,
  openaiAnswers,
  stainlessAnswers,
} from './answer-ways.ts';
import { type StopWay, stainlessStops, stops } from './stop-ways.ts';
import {
  anthropicStreams,
  googleStreams,
  openaiStreams,
  type StreamWay,
  stainlessStreams,
} from './stream-ways.ts';
import { anthropicToolLoops, googleToolLoops, openaiToolLoops, type ToolLoop } from './tool-loops.ts';

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

/** What Stainless-made clients' methods return. */
export interface Answer<T> extends Promise<T> {
  asResponse(): Promise<Response>;
  withResponse(): Promise<{ data: T; response: Response; request_id?: string | null | undefined }>;
}

/** Their stream of chunks. */
export interface ChunkStream extends AsyncIterable<unknown> {
  readonly controller: AbortController;
  tee(): [ChunkStream, ChunkStream];
  toReadableStream(): ReadableStream;
}

/** What their `stream()` helpers return. */
export interface StreamHelper extends AsyncIterable<unknown> {
  finalMessage(): Promise<unknown>;
  abort(): void;
}

/** A client, as far as the providers' are used alike: each method asks the same small question. */
export interface Caller {
  create(options?: CallOptions): Promise<unknown>;
  createStream(options?: CallOptions): Promise<AsyncIterable<unknown>>;
}

/** A client made by Stainless: OpenAI's, Anthropic's. */
export interface StainlessCaller extends Caller {
  create(options?: CallOptions): Answer<unknown>;
  createStream(options?: CallOptions): Answer<ChunkStream>;
  parse(options?: CallOptions): Promise<unknown>;
  stream(options?: CallOptions): StreamHelper;
  withOptions(): StainlessCaller;
  /** For what only one of them can do. */
  readonly client: OpenAI | Anthropic;
}

export interface GoogleCaller extends Caller {
  createStream(options?: CallOptions): Promise<AsyncGenerator<unknown>>;
  readonly client: GoogleGenAI;
  readonly model: string;
}

/** Hands a client on as it is, or instrumented. */
export type Instrument = <Client extends object>(client: Client) => Client;

/** A provider, with a version of its own client. */
export interface ProviderCase<C extends Caller = Caller> {
  readonly name: 'openai' | 'anthropic' | 'google';
  /** The client's. */
  readonly version: number;
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly model: string;
  /** Of the span of its usual call. */
  readonly spanName: string;
  connect(url: string, instrument: Instrument, options?: ClientOptions): C;
  /** Ways of asking for a whole answer. */
  readonly answers: readonly AnswerWay<C>[];
  /** Ways of reading a stream to its end. */
  readonly streams: readonly StreamWay<C>[];
  /** Ways of leaving one. */
  readonly stops: readonly StopWay<C>[];
  readonly toolLoops: readonly ToolLoop<C>[];
  /** What a tool of these gives, as it is recorded. */
  readonly toolResponse: unknown;
  /** A stream whose call is aborted throws. */
  readonly abortThrows?: true;
  /** A stream that its reader leaves is not cancelled: the client leaves the connection open. */
  readonly staysOpen?: true;
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

function googleClient(url: string, { maxRetries, timeout }: ClientOptions = {}): GoogleGenAI {
  const retryOptions =
    maxRetries === undefined ? {} : { retryOptions: { attempts: maxRetries + 1, initialDelay: 0.01 } };
  const httpOptions = { baseUrl: url, ...retryOptions, ...(timeout !== undefined && { timeout }) };
  return new GoogleGenAI({ apiKey: settings.apiKey, httpOptions });
}

function openai(version: number, client: typeof openaiClient): ProviderCase<StainlessCaller> {
  return {
    ...{ name: 'openai', provider: 'openai', version, model: OPENAI_MODEL, spanName: `chat ${OPENAI_MODEL}` },
    connect: (url, instrument, options) => openaiCaller(instrument(client(url, options))),
    answers: [...stainlessAnswers, ...openaiAnswers],
    streams: [...stainlessStreams, ...openaiStreams],
    stops: [...stops, ...stainlessStops],
    toolLoops: openaiToolLoops,
    toolResponse: '21 degrees',
  };
}

function anthropic(version: number, client: typeof anthropicClient): ProviderCase<StainlessCaller> {
  return {
    ...{ name: 'anthropic', provider: 'anthropic', version },
    ...{ model: ANTHROPIC_MODEL, spanName: `chat ${ANTHROPIC_MODEL}` },
    connect: (url, instrument, options) => anthropicCaller(instrument(client(url, options))),
    answers: [...stainlessAnswers, ...anthropicAnswers],
    streams: [...stainlessStreams, ...anthropicStreams],
    stops: [...stops, ...stainlessStops],
    toolLoops: anthropicToolLoops,
    toolResponse: '21 degrees',
  };
}

const OPENAI_MODEL = 'gpt-4o';
const ANTHROPIC_MODEL = 'claude-sonnet-5-5';
const GOOGLE_MODEL = 'gemini-2.5-flash';

export const openai6 = openai(6, openai6Client);
export const openai7 = openai(7, openaiClient);
export const anthropic0 = anthropic(0, anthropic0Client);
export const anthropic1 = anthropic(1, anthropicClient);

export const google3: ProviderCase<GoogleCaller> = {
  ...{ name: 'google', provider: 'gcp.gemini', version: 3 },
  ...{ model: GOOGLE_MODEL, spanName: `generate_content ${GOOGLE_MODEL}` },
  connect: (url, instrument, options) => googleCaller(instrument(googleClient(url, options))),
  answers: googleAnswers,
  streams: googleStreams,
  stops,
  toolLoops: googleToolLoops,
  toolResponse: { output: '21 degrees' },
  abortThrows: true,
  staysOpen: true,
};

/** With the newest of their clients. */
export const STAINLESS: readonly ProviderCase<StainlessCaller>[] = [openai7, anthropic1];
export const PROVIDERS: readonly ProviderCase[] = [...STAINLESS, google3];

function openaiCaller(client: OpenAI): StainlessCaller {
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

function anthropicCaller(client: Anthropic): StainlessCaller {
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

function googleCaller(client: GoogleGenAI): GoogleCaller {
  const bodyWith = (options: CallOptions = {}) => ({
    model: GOOGLE_MODEL,
    contents: 'How warm is it?',
    ...(options.signal && { config: { abortSignal: options.signal } }),
  });
  return {
    client,
    model: GOOGLE_MODEL,
    create: (options) => client.models.generateContent(bodyWith(options)),
    createStream: (options) => client.models.generateContentStream(bodyWith(options)),
  };
}
