import type { ModelReply } from '@agentops/model-server';
import { USUAL_CHAT } from '../chat.ts';

/** Stand in every request and every answer, so that the sink can tell whether what was said was recorded. */
export const MARKS = { question: 'question 5f0c', answer: 'answer 5f0c' } as const;

export interface Case {
  /** What is measured. */
  readonly title: string;
  /** What the model answers. */
  readonly reply: ModelReply;
  readonly streamed: boolean;
  /** The client's `fetch` answers at once with what the model has said once: without sockets there is less to take off. */
  readonly inMemory: boolean;
  /** Calls of a lap: less than 0.2 s, and fewer than what batching processors hold. */
  readonly calls: number;
  /** The figure of a lap that counts, and what it is divided by. */
  readonly measures: 'cpu' | 'firstChunk';
  readonly units: number;
}

/** Characters. */
const CHUNK_SIZE = 8;
/** A stream begins with a chunk for the role and ends with those of the finish reason and of the usage. */
const CHUNKS_AROUND_TEXT = 3;
const MANY_CHUNKS = 200;
const FEW_CHUNKS = 10;

const ANSWER = `${MARKS.answer}: ${USUAL_CHAT.request.messages.at(-1)?.content}`;

const usualCall = {
  title: 'usual call (3.4 KB of messages), CPU µs a call',
  reply: { text: ANSWER },
  streamed: false,
  inMemory: false,
  calls: 256,
  measures: 'cpu',
  units: 1,
} as const;

const stream = {
  title: `streamed call of ${MANY_CHUNKS} chunks, CPU µs a chunk, the call's own cost included`,
  reply: streamOf(MANY_CHUNKS),
  streamed: true,
  inMemory: false,
  calls: 64,
  measures: 'cpu',
  units: MANY_CHUNKS,
} as const;

const firstChunk = {
  title: 'streamed call, µs from the request to its first chunk',
  reply: streamOf(FEW_CHUNKS),
  streamed: true,
  inMemory: false,
  calls: 192,
  measures: 'firstChunk',
  units: 1,
} as const;

export const CASES = {
  'usual call': usualCall,
  'usual call, no socket': { ...usualCall, title: `${usualCall.title}, without a socket`, inMemory: true },
  stream,
  'stream, no socket': { ...stream, title: `${stream.title}, without a socket`, inMemory: true },
  'first chunk': firstChunk,
  'first chunk, no socket': { ...firstChunk, title: `${firstChunk.title}, without a socket`, inMemory: true },
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof CASES;

export function isCaseName(name: string | undefined): name is CaseName {
  return name !== undefined && Object.hasOwn(CASES, name);
}

function streamOf(chunks: number): ModelReply {
  const length = (chunks - CHUNKS_AROUND_TEXT) * CHUNK_SIZE;
  const text = ANSWER.repeat(Math.ceil(length / ANSWER.length)).slice(0, length);
  return { text, chunking: { size: CHUNK_SIZE } };
}
