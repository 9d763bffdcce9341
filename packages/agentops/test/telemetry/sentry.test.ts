import { always, startModelServer } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { OtlpEndpoint } from '../support/otlp-endpoint.ts';
import { runProgram } from '../support/program.ts';
import { startSentrySink } from '../support/sentry-sink.ts';

interface Parented {
  readonly name: string;
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null | undefined;
}

/** Each span with the names above it, up to its root; a parent that is not there shows as such. */
function paths(spans: readonly Parented[]): string[] {
  const pathOf = ({ name, parent }: Parented): string => {
    if (parent === undefined || parent === null) return name;
    const above = spans.find(({ id }) => id === parent);
    return `${above === undefined ? '(missing)' : pathOf(above)} > ${name}`;
  };
  return spans.map(pathOf).sort();
}

/** What both sides got of the program; `alone` where the SDK is switched off. */
async function run(options: object, alone = false) {
  await using sink = await startSentrySink();
  await using models = await startModelServer({ script: always({ text: 'Warm.' }) });
  const otlp = await OtlpEndpoint.start();
  const exit = await runProgram('with-sentry.ts', [sink.dsn, otlp.url, models.url, JSON.stringify(options)], {
    env: { AGENTOPS_DISABLED: String(alone) },
  });
  await otlp.stop();
  expect(exit).toMatchObject({ code: 0, stdout: 'Warm.\n', stderr: '' });
  const sentrys = sink.spans.map(
    ({ name, trace_id: trace, span_id: id, parent_span_id: parent }): Parented => ({
      name,
      trace,
      id,
      parent,
    }),
  );
  const ours = otlp.received
    .flatMap(({ spans }) => spans)
    .map(
      ({ operation_name: name, trace_id: trace, span_id: id, parent_span_id: parent }): Parented => ({
        ...{ name, trace, id, parent },
      }),
    );
  return { sentrys, ours };
}

const SESSION = ['run', 'run > invoke_agent keeper', 'run > invoke_agent keeper > execute_tool measure'];
const MEASURE = SESSION[2];
/** The part of the session that is continued when it is over. */
const LATER = [`${MEASURE} > continue session`, `${MEASURE} > continue session > execute_tool tell`];

describe('Sentry is set up first (C1)', { timeout: 120_000 }, () => {
  it.each<[string, object, string[]]>([
    [
      'as it is by default, without OpenTelemetry',
      {},
      // Our provider is the application's: its own spans are in the session.
      [`${MEASURE} > app work`, `${MEASURE} > app work > chat gpt-4o`],
    ],
    [
      'with an OpenTelemetry provider of its own',
      { enableOpenTelemetrySetup: true },
      [`${MEASURE} > chat gpt-4o`],
    ],
    [
      'with a provider of its own that samples nothing',
      { enableOpenTelemetrySetup: true, tracesSampleRate: 0 },
      [`${MEASURE} > chat gpt-4o`],
    ],
  ])('%s: both have all of their spans, once, and in their own tree', async (_what, options, below) => {
    const [{ sentrys, ours }, control] = await Promise.all([run(options), run(options, true)]);

    expect(paths(ours)).toEqual([...SESSION, ...LATER, ...below].sort());
    expect(new Set(ours.map(({ trace }) => trace)).size).toBe(1);
    expect(paths(sentrys)).toEqual(paths(control.sentrys));
    expect(control.ours).toEqual([]);
    const names = sentrys.map(({ name }) => name);
    for (const { name } of ours) if (name !== 'app work') expect(names).not.toContain(name);
  });
});
