import { type ModelServer, type Script, startModelServer } from '@agentops/model-server';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type AgentOpsError, type InitOptions, session, shutdown } from 'agentops';
import { startRecording } from '../../../support/recording.ts';
import { llmSpans } from './control-run.ts';

/** What became of a program that ran with the SDK on. */
export interface RecordedCalls {
  readonly calls: readonly ReadableSpan[];
  /** Every span there was. */
  readonly spans: readonly ReadableSpan[];
  readonly errors: readonly AgentOpsError[];
  readonly requests: ModelServer['requests'];
}

/** Runs `program` in a session against a server that plays `script`. */
export async function recordCalls(
  script: Script,
  program: (url: string) => Promise<unknown>,
  options?: InitOptions,
): Promise<RecordedCalls> {
  await using server = await startModelServer({ script });
  const recording = startRecording(options);
  await session('run', () => program(server.url));
  const spans = await recording.spans();
  await shutdown();
  return { calls: llmSpans(spans), spans, errors: recording.errors, requests: server.requests };
}

/** The one call of a program. */
export async function recordCall(...args: Parameters<typeof recordCalls>): Promise<ReadableSpan> {
  const { calls } = await recordCalls(...args);
  const [call] = calls;
  if (call === undefined || calls.length > 1) throw new Error(`expected one call, found ${calls.length}`);
  return call;
}

export async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of stream);
}
