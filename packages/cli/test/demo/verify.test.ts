import { type RunningServer, startServer } from '@agentops/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/backend.ts';
import type { DemoRun } from '../../src/demo/run.ts';
import { verifyRun } from '../../src/demo/verify.ts';
import { agentops } from '../agentops-process.ts';

describe('the checks of a run', () => {
  let server: RunningServer;
  let run: DemoRun;
  beforeAll(async () => {
    server = await startServer({ port: 0, logger: { level: 'silent' } });
    const { stdout } = await agentops('demo', '--endpoint', server.url);
    const [, id = ''] = /^Session +(\S+)$/m.exec(stdout) ?? [];
    using api = connect(server);
    const document = await api.session(id);
    const { spans } = await api.spans(id);
    run = {
      telemetry: { ...document, trace_id: document.trace_id ?? '', name: document.name ?? '' },
      spanIds: new Set(spans.map(({ span_id: id }) => id)),
    };
  });
  afterAll(() => server.close());

  const failuresOf = async (seen: DemoRun) =>
    (await verifyRun(server, seen)).filter(({ passed }) => !passed).map(({ text }) => text);

  it('pass where the backend has what the process saw', async () => {
    expect(await failuresOf(run)).toEqual([]);
  });

  it('fail where a span is missing, and where one is too many', async () => {
    const { spanIds } = run;
    const [, ...fewer] = spanIds;
    expect(await failuresOf({ ...run, spanIds: new Set([...spanIds, '00000000000000ff']) })).toEqual([
      `every span arrived: ${spanIds.size} of ${spanIds.size + 1}, ${spanIds.size} stored`,
    ]);
    expect(await failuresOf({ ...run, spanIds: new Set(fewer) })).toHaveLength(1);
  });

  it('fail where totals differ, and name the one that does', async () => {
    const { telemetry } = run;
    const { counts, tokens, cost } = telemetry;
    const seeing = (other: Partial<typeof telemetry>) =>
      failuresOf({ ...run, telemetry: { ...telemetry, ...other } });
    expect(await seeing({ counts: { ...counts, tools: counts.tools + 1 } })).toEqual([
      `counts agree: tools ${counts.tools + 1} here and ${counts.tools} stored`,
    ]);
    expect(await seeing({ tokens: { ...tokens, input: 1 } })).toEqual([
      `tokens agree: input 1 here and ${tokens.input} stored`,
    ]);
    expect(await seeing({ cost: (cost ?? 0) * 1.01 })).toHaveLength(1);
    expect(await seeing({ cost: null })).toHaveLength(1);
    expect(await seeing({ end_state: 'Indeterminate' })).toHaveLength(1);
  });
});
