import { describe, expect } from 'vitest';
import { deadPort } from './support/otlp-endpoint.ts';
import { runProgram } from './support/program.ts';
import { it } from './support/sending.ts';

describe('the end of the process', () => {
  it('delivers what is left, and is not put off by the telemetry', async ({ endpoint }) => {
    const exit = await runProgram('ending.ts', ['normally', endpoint.url]);

    expect(exit).toEqual({ code: 0, stdout: 'last line\n', stderr: '', signal: null });
    expect(endpoint.names).toEqual(['execute_tool search', 'run']);
  });

  it('makes an open session Indeterminate for process_exit', async ({ endpoint }) => {
    await runProgram('ending.ts', ['with an open session', endpoint.url]);

    const root = endpoint.received[0]?.spans.find((span) => span.operation_name === 'run');
    expect(root?.attributes).toMatchObject({
      'agentops.session.end_state': 'Indeterminate',
      'agentops.session.end_state_reason': 'process_exit',
    });
  });

  it('keeps the exit code', async ({ endpoint }) => {
    expect((await runProgram('ending.ts', ['with an exit code', endpoint.url])).code).toBe(3);
    expect(endpoint.names).toHaveLength(2);
  });

  it('comes without an endpoint too', async () => {
    const exit = await runProgram('ending.ts', ['normally', `http://127.0.0.1:${await deadPort()}`]);

    expect(exit).toMatchObject({ code: 0, stdout: 'last line\n' });
  });

  it('does not come while a flush is awaited, however long the endpoint takes', async ({ endpoint }) => {
    endpoint.answer({ status: 503 });
    const exit = await runProgram('flushing.ts', [endpoint.url]);

    expect(exit).toEqual({ code: 0, signal: null, stdout: '{"ended":2,"pending":0}\n', stderr: '' });
  });

  it('lets a shutdown that is awaited come back, whatever an exporter does', async () => {
    const exit = await runProgram('hanging-exporter.ts', ['awaits']);

    expect(exit).toEqual({ code: 0, stdout: '{"shutdown":1}\n', stderr: '', signal: null });
  });

  it('is not put off by an exporter that hangs', async () => {
    const exit = await runProgram('hanging-exporter.ts', ['ends']);

    expect(exit).toEqual({ code: 0, stdout: '[]\n', stderr: '', signal: null });
  });
});

describe('errors that nobody handles (S6)', () => {
  it.for<[string, string]>([
    ['on an unhandled rejection', 'nobody cares'],
    ['on an unhandled rejection of a lazy promise', 'nobody cares'],
    ['on an unhandled stream error', 'cut off'],
  ])('still end the program: %s', async ([way, message], { endpoint }) => {
    const exit = await runProgram('ending.ts', [way, endpoint.url]);

    expect(exit.code).toBe(1);
    expect(exit.stderr).toContain(message);
  });
});

describe('a hundred thousand sessions (S8)', () => {
  it('leave the heap as it was', { timeout: 120_000 }, async () => {
    const exit = await runProgram('many-sessions.ts', [], { nodeOptions: ['--expose-gc'] });

    const { grown, openSessions, delivered } = JSON.parse(exit.stdout);
    expect({ openSessions, delivered }).toEqual({ openSessions: 0, delivered: 300_000 });
    expect(grown).toBeLessThan(2_000_000);
  });
});
