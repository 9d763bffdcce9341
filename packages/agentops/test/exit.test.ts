import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SpanRow } from '@agentops/otlp';
import { describe, expect } from 'vitest';
import { deadPort, type OtlpEndpoint } from './support/otlp-endpoint.ts';
import { runProgram } from './support/program.ts';
import { it as sending } from './support/sending.ts';
import { sweepSpool } from './support/sweep-spool.ts';

type Variables = Readonly<Record<string, string>>;

const it = sending
  .extend('dead', async () => `http://127.0.0.1:${await deadPort()}`)
  .extend(
    'run',
    ({ directory }) =>
      (program: string, args: readonly string[], env: Variables = {}) =>
        runProgram(program, args, { env: { AGENTOPS_SPOOL_DIR: directory, ...env } }),
  )
  .extend(
    'leave',
    ({ run }) =>
      (way: string, url: string, env?: Variables) =>
        run('leaving.ts', [way, url], env),
  );

const namesOf = (way: string): string[] => ['execute_tool search', `run ${way}`];

/** What has arrived, each span once: a confirmation that comes too late on a busy machine has it sent again. */
function arrived({ received }: OtlpEndpoint): SpanRow[] {
  const spans = received.flatMap((request) => request.spans);
  return [...new Map(spans.map((span) => [span.span_id, span])).values()];
}

const DISABLED = { AGENTOPS_DISABLED: '1' };

describe.each([
  ['by returning', { code: 0 }],
  ['by process.exit(3)', { code: 3 }],
  ['by SIGTERM', { code: null, signal: 'SIGTERM' }],
  ['by SIGINT', { code: null, signal: 'SIGINT' }],
  ['by SIGHUP', { code: null, signal: 'SIGHUP' }],
  ['by an uncaught exception', { code: 1 }],
  ['by an unhandled rejection', { code: 1 }],
])('a program that ends %s (T5)', (way, ending) => {
  it('ends as it would without telemetry, and its spans arrive: at once, or with the next process', async ({
    dead,
    directory,
    endpoint,
    leave,
  }) => {
    const [without, up, down] = await Promise.all([
      leave(way, endpoint.url, DISABLED),
      leave(way, endpoint.url),
      leave(way, dead),
    ]);
    expect(without).toMatchObject({ ...ending, stdout: 'last line\n' });
    expect(up).toEqual(without);
    expect(down).toEqual(without);
    await sweepSpool(directory, endpoint.url);

    const spans = arrived(endpoint);
    expect(spans.map(({ operation_name }) => operation_name).toSorted()).toEqual(
      [...namesOf(way), ...namesOf(way)].toSorted(),
    );
    for (const root of spans.filter(({ operation_name }) => operation_name.startsWith('run '))) {
      expect(root.attributes).toMatchObject({
        'agentops.session.end_state': 'Indeterminate',
        'agentops.session.end_state_reason': 'process_exit',
      });
    }
  });
});

describe('signals (T5)', () => {
  it.for<[string, object]>([
    ['by its own SIGTERM handler', { code: 5, stdout: 'last line\nhandles SIGTERM\n' }],
    ['by a library that raises the signal again when it is alone', { code: null, signal: 'SIGTERM' }],
    ['by the same signal, after its handlers have gone', { code: null, signal: 'SIGTERM' }],
  ])('are the application’s where it listens: %s', async ([way, ending], { endpoint, leave }) => {
    expect(await leave(way, endpoint.url, DISABLED)).toMatchObject(ending);
    expect(await leave(way, endpoint.url)).toMatchObject(ending);
  });

  it('find the spans delivered, whoever raised them', async ({ directory, endpoint, leave }) => {
    const way = 'by a library that raises the signal again when it is alone';
    await leave(way, endpoint.url);
    await sweepSpool(directory, endpoint.url);

    expect(arrived(endpoint).map(({ operation_name }) => operation_name)).toEqual(
      expect.arrayContaining(namesOf(way)),
    );
  });
});

describe('a worker thread (T5)', () => {
  it.for(['by returning', 'by process.exit(3)', 'by an uncaught exception', 'by being terminated'])(
    'that ends %s ends as it would without telemetry',
    async (way, { directory, endpoint, run }) => {
      const inWorker = (url: string, env = {}) => run('in-worker.ts', [way, url], env);
      const [without, exit] = await Promise.all([inWorker(endpoint.url, DISABLED), inWorker(endpoint.url)]);
      expect(without).toMatchObject({ code: 0, stdout: expect.stringContaining('the worker ended with ') });
      expect(exit).toEqual(without);
      if (way === 'by being terminated') return;
      await sweepSpool(directory, endpoint.url);

      const roots = arrived(endpoint).filter(({ operation_name }) => operation_name === `run ${way}`);
      expect(roots).toHaveLength(1);
    },
  );
});

describe('a cluster (T5)', () => {
  it('ends as it would without telemetry, and the spans of all its processes arrive', async ({
    directory,
    endpoint,
    run,
  }) => {
    const without = await run('in-cluster.ts', [endpoint.url], DISABLED);
    expect(without.code).toBe(0);
    expect(await run('in-cluster.ts', [endpoint.url])).toEqual(without);
    await sweepSpool(directory, endpoint.url);

    expect(arrived(endpoint).map(({ operation_name }) => operation_name)).toEqual(
      expect.arrayContaining(['run primary', 'run disconnect', 'run exit', 'run signal']),
    );
  });
});

describe('the end of a process (T5)', () => {
  it('is waited with until the endpoint has confirmed the spans', async ({ endpoint, leave }) => {
    // On a busy machine half a second may not be enough for a single attempt.
    for (let attempt = 0; attempt < 5 && endpoint.names.length === 0; attempt += 1) {
      await leave('by process.exit(3)', endpoint.url);
    }
    expect(endpoint.names).toEqual(namesOf('by process.exit(3)'));
  });

  it('is not put off by an endpoint that does not answer', async ({ directory, endpoint, leave }) => {
    const held = Promise.withResolvers<object>();
    endpoint.answer(held.promise);
    const exit = await leave('by process.exit(3)', endpoint.url);
    expect(exit.code).toBe(3);
    held.resolve({});
    expect(readdirSync(join(directory, 'agentops'))).toHaveLength(1);
  });

  it('does not lose what was refused for now, and does not keep what was refused for good', async ({
    directory,
    endpoint,
    leave,
  }) => {
    endpoint.answer({ status: 503 });
    await leave('by process.exit(3)', endpoint.url);
    expect(readdirSync(join(directory, 'agentops'))).toHaveLength(1);
    endpoint.answer({ status: 400 });
    await leave('by returning', endpoint.url);
    await leave('by returning', endpoint.url);

    expect(readdirSync(join(directory, 'agentops'))).toEqual([]);
  });

  it.for<[string, Variables]>([
    ['cannot be made', { AGENTOPS_SPOOL_DIR: join(import.meta.filename, 'below-a-file') }],
    ['cannot be written to', { AGENTOPS_SPOOL_DIR: '/proc' }],
  ])('comes undisturbed where the spool’s directory %s', async ([_kind, env], { dead, leave }) => {
    const without = await leave('by process.exit(3)', dead, DISABLED);

    expect(await leave('by process.exit(3)', dead, env)).toEqual(without);
    expect(await leave('by returning', dead, env)).toMatchObject({
      code: 0,
      stdout: 'last line\n',
      stderr: '',
    });
  });
});

describe('a full disk (T13)', () => {
  /** Every file may have this many bytes, in thousands or half thousands as the shell counts. */
  const withFilesOf = (size: number) => ['sh', '-c', `ulimit -f ${size}; exec "$0" "$@"`];

  it('leaves the program undisturbed', async ({ dead, directory }) => {
    const args = ['by process.exit(3)', dead];
    const exit = await runProgram('leaving.ts', args, {
      through: withFilesOf(0),
      env: { AGENTOPS_SPOOL_DIR: directory },
    });

    expect(exit).toEqual({ code: 3, signal: null, stdout: 'last line\n', stderr: '' });
    expect(readdirSync(join(directory, 'agentops'))).toEqual([]);
  });

  it('takes what it can, and that arrives', async ({ dead, directory, endpoint }) => {
    const killed = await runProgram('killed.ts', [dead, 'work'], {
      through: withFilesOf(2),
      env: { AGENTOPS_SPOOL_DIR: directory },
    });
    const { ended, spooled, dropped } = JSON.parse(killed.stdout);
    expect(ended).toBe(5);
    expect(spooled + dropped.export_failed).toBe(5);
    expect(spooled).toBeGreaterThan(0);
    await sweepSpool(directory, endpoint.url);

    expect(endpoint.names.filter((name) => name.startsWith('execute_tool work-'))).toHaveLength(spooled);
  });
});

describe('a process that is killed (T4)', () => {
  it('leaves what it had spooled to the next one', async ({ dead, directory, endpoint, leave, run }) => {
    const killed = await run('killed.ts', [dead, 'work']);
    expect(killed.signal).toBe('SIGKILL');
    expect(JSON.parse(killed.stdout)).toMatchObject({ ended: 5, spooled: 5 });
    await leave('by returning', endpoint.url);

    const recovered = endpoint.names.filter((name) => name.startsWith('execute_tool work-'));
    expect(recovered.toSorted()).toEqual([0, 1, 2, 3, 4].map((n) => `execute_tool work-${n}`));
    expect(readdirSync(join(directory, 'agentops'))).toEqual([]);
  });

  it('is inherited by one process only, however many there are', async ({
    dead,
    directory,
    endpoint,
    leave,
    run,
  }) => {
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => run('killed.ts', [dead, name])));
    await Promise.all(names.map(() => leave('by returning', endpoint.url)));

    const recovered = endpoint.names.filter((name) => /^execute_tool [a-d]-/.test(name));
    const expected = names.flatMap((name) => [0, 1, 2, 3, 4].map((n) => `execute_tool ${name}-${n}`));
    expect(recovered.toSorted()).toEqual(expected);
    expect(readdirSync(join(directory, 'agentops'))).toEqual([]);
  });
});
