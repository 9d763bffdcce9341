import type { LlmInput, LlmRequest, LlmResponse } from './llm-call.ts';
import type { UsageRequest } from './stream-usage.ts';

/** Puts a streamed answer together from its chunks. */
export interface StreamAssembler<Chunk> {
  add(chunk: Chunk): void;
  /** What has arrived so far; `truncated` where the answer is not complete, false where nothing of it is missing. */
  response(): LlmResponse;
}

/** One method of a provider's client, and how its requests and answers map to the GenAI conventions. */
export interface ProviderMethod<Body, Result, Chunk> {
  /** Where the method is found on the client, such as `['chat', 'completions', 'create']`. */
  readonly path: readonly string[];
  request(body: Body): Omit<LlmRequest, 'provider' | 'serverAddress' | 'serverPort'>;
  /** Asked only while content is captured. */
  input(body: Body): LlmInput;
  /** `content` says whether messages are wanted. */
  response(result: Result, content: boolean): LlmResponse;
  assembler(content: boolean): StreamAssembler<Chunk>;
  /** For streams that carry usage only on request. Asked for it where `instrumentations.streamUsage` says so. */
  readonly streamUsage?: UsageRequest<Body, Chunk>;
}

/** A method whose types are its provider's own business. */
export type AnyProviderMethod = ProviderMethod<unknown, unknown, unknown>;
