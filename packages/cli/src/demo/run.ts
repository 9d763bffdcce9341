import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { init, SessionExporter, type SessionTelemetryData, shutdown } from 'agentops';
import type { Backend } from '../backend.ts';
import { CommandFailure } from '../failure.ts';
import { bold, print } from '../terminal.ts';
import { inquire } from './crew.ts';
import { Library } from './library.ts';
import { connectProviders } from './providers.ts';
import { SpanRecorder } from './span-recorder.ts';

/** What a run of the demonstration did, as this process saw it. */
export interface DemoRun {
  readonly telemetry: SessionTelemetryData;
  readonly spanIds: ReadonlySet<string>;
}

const TEXTS = new URL('../../demo/', import.meta.url);

/**
 * Lets the crew answer its question, printing as it goes, and has every span delivered to `backend`.
 *
 * @throws {CommandFailure} when a span did not arrive; the SDK has said why on standard error.
 */
export async function runDemo({ url, apiKey, insecure }: Backend): Promise<DemoRun> {
  const recorder = new SpanRecorder();
  const client = init({
    serviceName: 'lighthouse-crew',
    // A backend that wants no key must not be sent the one that the environment has for another.
    exporters: [
      apiKey === undefined
        ? new SessionExporter({ endpoint: url })
        : { type: 'agentops', endpoint: url, apiKey, insecure },
    ],
    processors: [recorder],
    disabled: false,
  });
  try {
    await using providers = await connectProviders(process.env);
    const question = (await readFile(new URL('question.txt', TEXTS), 'utf8')).trim();
    print(`${bold('Question')}  ${question}`);
    print(`${bold('Models')}    ${providers.description.join('\n          ')}`);
    print();
    const { session } = await inquire(question, {
      providers,
      library: new Library(fileURLToPath(new URL('documents', TEXTS))),
      onText: (text) => process.stdout.write(text),
    });
    print('\n');
    await client.flush();
    for (const { ended, delivered } of Object.values(client.stats().exporters)) {
      if (delivered < ended) {
        throw new CommandFailure(`${ended - delivered} of ${ended} spans did not arrive at ${url}.`);
      }
    }
    return { telemetry: session.telemetry, spanIds: recorder.spanIdsOf(session.traceId) };
  } finally {
    await shutdown();
  }
}
