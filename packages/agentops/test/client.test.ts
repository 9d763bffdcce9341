import { AgentOpsError, flush, init, shutdown, startSession, stats, task, tool } from 'agentops';
import { afterEach, describe, expect } from 'vitest';
import { runProgram } from './support/program.ts';
import { startRecording } from './support/recording.ts';
import { it } from './support/sending.ts';

afterEach(() => shutdown());

describe('init and shutdown', () => {
  it('give the same client for equal options', () => {
    const client = init({ exporters: [], batch: { size: 10 } });

    expect(init({ exporters: [], batch: { size: 10 } })).toBe(client);
  });

  it('give the same client whatever became of the options, and for functions that read the same', () => {
    const optionsOf = () => ({ exporters: [], batch: { size: 10, queue: undefined }, onError: () => {} });
    const options = optionsOf();
    const client = init(options);
    options.batch.size = 20;

    expect(init(optionsOf())).toBe(client);
    expect(() => init(options)).toThrow(AgentOpsError);
  });

  it('refuse other options while a client runs', () => {
    init({ exporters: [] });

    expect(() => init({ exporters: [], serviceName: 'other' })).toThrow(AgentOpsError);
    expect(() => init({ exporters: [], serviceName: 'other' })).toThrow(
      expect.objectContaining({
        code: 'already_initialised',
        message: expect.stringContaining('await shutdown() in between'),
      }),
    );
  });

  it('take other options once the client is shut down', async () => {
    const first = init({ exporters: [] });
    await shutdown();
    const second = init({ exporters: [], serviceName: 'other' });

    expect(second).not.toBe(first);
  });

  it('end what is still open: spans as they are, sessions as Indeterminate', async () => {
    const ended: string[] = [];
    const { client } = startRecording({
      processors: [
        {
          onStart() {},
          onEnd: (span) => void ended.push(span.name),
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    const run = startSession({ name: 'run' });
    void tool('search', () => new Promise(() => {}));
    await client.shutdown();

    expect(ended).toEqual(['execute_tool search', 'run']);
    expect(run).toMatchObject({ endState: 'Indeterminate', endStateReason: 'shutdown' });
  });

  it('keep what unfinished work was about', async () => {
    const recording = startRecording();
    const memory = new Map<string, unknown>();
    const hang = () => new Promise(() => {});
    void tool({ name: 'search', input: { q: 'otel' } }, hang);
    void task({ name: 'plan', input: 'a trip' }, hang);
    recording.client.telemetry.endRunning();
    for (const { name, attributes } of await recording.spans()) memory.set(name, attributes);

    expect(memory.get('execute_tool search')).toMatchObject({ 'gen_ai.tool.call.arguments': '{"q":"otel"}' });
    expect(memory.get('task plan')).toMatchObject({ 'event.data': '{"name":"plan","params":"a trip"}' });
  });

  it('are missed once: a session before init says so, unless telemetry is switched off', async () => {
    const [told, silent] = await Promise.all([
      runProgram('without-init.ts'),
      runProgram('without-init.ts', [], { env: { AGENTOPS_DISABLED: 'true' } }),
    ]);

    expect(told).toMatchObject({ code: 0, stdout: 'ran\n' });
    expect(told.stderr).toMatch(/^agentops warn: a session was started before init .*call init\(\) first\n$/);
    expect(silent).toMatchObject({ code: 0, stdout: 'ran\n', stderr: '' });
  });

  it('may come twice, or where there is nothing to shut down or flush', async () => {
    await shutdown();
    await flush();
    const { client } = startRecording();
    await Promise.all([client.shutdown(), client.shutdown(), shutdown()]);

    expect(client.stats().openSessions).toBe(0);
  });

  it('leave figures: the account of each exporter, when it last succeeded, what last went wrong', async ({
    endpoint,
  }) => {
    init({ endpoint: endpoint.url, retry: { initial: 1 }, logs: { level: 'silent' } });
    endpoint.answer({ status: 503 });
    startSession().end();
    await flush();

    expect(stats()).toEqual({
      exporters: {
        agentops: { ended: 1, recovered: 0, pending: 0, delivered: 1, spooled: 0, dropped: {} },
      },
      health: {
        agentops: {
          lastSuccess: expect.stringMatching(/^\d{4}-.*Z$/),
          lastError: { at: expect.stringMatching(/^\d{4}-.*Z$/), message: expect.stringContaining('503') },
          failuresInARow: 0,
        },
      },
      errors: { export_failed: 1 },
      openSessions: 0,
      propagation: { ignored: { invalid: 0, oversized: 0, untrusted: 0 } },
      sampling: { evicted: 0, held: 0, heldBytes: 0, kept: 0, sampled: 1, unsampled: 0 },
      masks: {},
    });
    await shutdown();
    expect(stats().exporters).toMatchObject({ agentops: { ended: 1, delivered: 1 } });
  });

  it('reset everything: after the shutdown the functions run and record nothing', async () => {
    const { client } = startRecording();
    await shutdown();

    expect(tool('search', () => 'found')).toBe('found');
    expect(client.stats().exporters.InMemorySpanExporter?.ended).toBe(0);
  });
});
