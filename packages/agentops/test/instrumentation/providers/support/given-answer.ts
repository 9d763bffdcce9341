import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { instrument, session, shutdown } from 'agentops';
import { startRecording } from '../../../support/recording.ts';
import { llmSpans } from './control-run.ts';
import { readAll } from './record-calls.ts';

/** A `fetch` that asks nobody: it answers `json`, or for a list its items as the events of a stream. */
function answering(answer: unknown): typeof fetch {
  const events = Array.isArray(answer) ? answer : undefined;
  return async () =>
    events === undefined
      ? Response.json(answer)
      : new Response(events.map(eventOf).join(''), { headers: { 'content-type': 'text/event-stream' } });
}

function eventOf(data: unknown): string {
  const { type } = Object(data) as { readonly type?: unknown };
  return `${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${JSON.stringify(data)}\n\n`;
}

/** The span of a call that is given `answer`, whatever no server of ours would say. */
export async function callGiven<Client extends { withOptions(options: { fetch: typeof fetch }): Client }>(
  client: Client,
  answer: unknown,
  call: (client: Client) => PromiseLike<unknown>,
): Promise<ReadableSpan> {
  const recording = startRecording();
  await session('run', async () => {
    const given = await call(instrument(client.withOptions({ fetch: answering(answer) })));
    if (Object(given) === given && Symbol.asyncIterator in Object(given)) {
      await readAll(given as AsyncIterable<unknown>);
    }
  });
  const [span] = llmSpans(await recording.spans());
  await shutdown();
  if (span === undefined) throw new Error('the call made no span');
  const [reported] = recording.errors;
  if (reported !== undefined) throw reported;
  return span;
}
