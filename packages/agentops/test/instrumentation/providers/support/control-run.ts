import { type Outcome, type ReceivedRequest, type Script, startModelServer } from '@agentops/model-server';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type InitOptions, instrument, session, shutdown } from 'agentops';
import { startRecording } from '../../../support/recording.ts';
import type { Instrument } from './provider-case.ts';

/** Writes down what a program has come to see. */
export type Note = (seen: unknown) => void;

/** What a program under observation is given. */
export interface World {
  /** The model server's. */
  readonly url: string;
  readonly instrument: Instrument;
  readonly note: Note;
}

/** A program that calls a model, and what the model answers. */
export interface Staging {
  readonly script: Script;
  readonly program: (world: World) => Promise<void>;
  /** Nobody listens at the address. */
  readonly unreachable?: boolean | undefined;
}

/** All there is to compare of one run. */
export interface Observation {
  /** Values and chunks in their order; at the end the error that ended the program, if one did. */
  readonly seen: readonly unknown[];
  readonly requests: readonly RequestSeen[];
}

/** What a server got of a request, without what differs from run to run by nature. */
interface RequestSeen {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Whether the answer was read to its end. */
  readonly outcome: Outcome;
}

export interface ControlRun {
  /** Without the SDK. */
  readonly plain: Observation;
  /** With the SDK running and the client instrumented. */
  readonly watched: Observation;
  /** The LLM spans of the second. */
  readonly calls: readonly ReadableSpan[];
}

/** Runs a program without instrumentation, then with it. `stage` is called for each, so that nothing is shared. */
export async function controlRun(stage: () => Staging, options?: InitOptions): Promise<ControlRun> {
  const plain = await observe(stage(), (client) => client);
  const recording = startRecording(options);
  const watched = await session('run', () => observe(stage(), instrument));
  const calls = llmSpans(await recording.spans());
  await shutdown();
  return { plain, watched, calls };
}

export function llmSpans(spans: readonly ReadableSpan[]): ReadableSpan[] {
  return spans.filter((span) => span.attributes['agentops.span.kind'] === 'llm');
}

async function observe(
  { script, program, unreachable }: Staging,
  instrument: Instrument,
): Promise<Observation> {
  await using server = await startModelServer({ script });
  if (unreachable) await server.close();
  const seen: unknown[] = [];
  const note: Note = (value) => void seen.push(comparable(value));
  try {
    await program({ url: server.url, instrument, note });
  } catch (error) {
    note(error);
  }
  return { seen, requests: await Promise.all(server.requests.map(requestSeen)) };
}

async function requestSeen({ path, headers, body, outcome }: ReceivedRequest): Promise<RequestSeen> {
  const { host, ...rest } = headers;
  const masked = 'idempotency-key' in rest ? { ...rest, 'idempotency-key': 'given' } : rest;
  return { path, headers: masked, body: body.toString(), outcome: await outcome };
}

/** A value as two runs can be compared by it: without the times of the answer; an error as what can be read off it. */
function comparable(value: unknown): unknown {
  if (value instanceof Error) {
    const { status, code, type } = value as { status?: unknown; code?: unknown; type?: unknown };
    return { error: value.constructor.name, name: value.name, message: value.message, status, code, type };
  }
  if (typeof value === 'string') return timeless(value);
  if (typeof value !== 'object' || value === null) return value;
  const requestId = '_request_id' in value ? { requestId: value._request_id } : {};
  return { ...requestId, json: JSON.parse(timeless(JSON.stringify(value))) };
}

function timeless(json: string): string {
  return json.replaceAll(/"(created(?:_at)?)":\d+/g, '"$1":0').replaceAll(/"date":"[^"]*GMT"/g, '"date":""');
}
