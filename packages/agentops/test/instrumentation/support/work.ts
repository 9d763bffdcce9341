import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Recording } from '../../support/recording.ts';

/** The span of the tool `work`; undefined while it runs. */
export async function ended(recording: Recording): Promise<ReadableSpan | undefined> {
  return (await recording.spans()).find((span) => span.name === 'execute_tool work');
}

/** What that tool gave. */
export async function resultOf(recording: Recording): Promise<unknown> {
  return (await ended(recording))?.attributes['gen_ai.tool.call.result'];
}
