import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentOpsError, init, shutdown, startSession } from 'agentops';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { runProgram } from '../support/program.ts';
import { startRecording } from '../support/recording.ts';
import { it } from '../support/sending.ts';

const directory = mkdtempSync(join(tmpdir(), 'agentops-update-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => shutdown());

function endSession(name: string): void {
  startSession({ name }).end();
}

describe('T9 changes while running', () => {
  it('apply to the batches of every exporter', async ({ endpoint }) => {
    const client = init({
      exporters: [{ type: 'agentops', endpoint: endpoint.url }],
      batch: { size: 100, interval: '1h' },
    });
    endSession('first');
    client.telemetry.update({ batch: { size: 2 } });
    endSession('second');
    await endpoint.requests(1);

    expect(endpoint.names).toEqual(['first', 'second']);
  });

  it('apply to the sessions that start from now on', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    endSession('before');
    recording.client.telemetry.update({ sampling: { rate: 1 } });
    endSession('after');

    expect((await recording.spans()).map(({ name }) => name)).toEqual(['after']);
  });

  it.each<[object, string]>([
    [{ batch: { size: 0 } }, 'batch.size = 0: '],
    [{ batch: { queue: 5 } }, 'batch.queue: is read by init only; update takes batch.size'],
    [{ sampling: { rate: 2 } }, 'sampling.rate = 2: '],
    [{ exporters: [] }, 'exporters: is read by init only'],
    [{ batch: { sise: 5 } }, 'batch.sise: unknown option; did you mean "batch.size"?'],
  ])('are refused as by init: %j', (update, message) => {
    const { client } = startRecording();

    expect(() => client.telemetry.update(update)).toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(message) }),
    );
  });
});

describe('T9 a watched file', () => {
  /** Writes as editors do: a new file in the place of the old. */
  function save(file: string, text: string): void {
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
  }

  /** Errors as they are reported, one at a time. */
  function listening() {
    const errors: AgentOpsError[] = [];
    let heard = Promise.withResolvers<void>();
    return {
      onError: (error: AgentOpsError) => {
        errors.push(error);
        heard.resolve();
      },
      next: async () => {
        while (errors.length === 0) await heard.promise;
        heard = Promise.withResolvers<void>();
        return errors.shift()?.message ?? '';
      },
    };
  }

  it('applies what can be changed, says what cannot, and keeps the old values where it is broken', async ({
    endpoint,
  }) => {
    const file = join(directory, 'watched.yaml');
    const withSize = (size: number | string, more = '') => `telemetry:
  exporters: [ { type: agentops, endpoint: "${endpoint.url}" } ]
  batch: { size: ${size}, interval: 1h }
  ${more}
`;
    save(file, withSize(100));
    const { onError, next } = listening();
    init({ configFile: file, watch: true, onError, logs: { level: 'silent' } });
    endSession('first');

    save(file, withSize('none'));
    expect(await next()).toMatch(
      /everything stays as it was:\n.*batch\.size = 'none' from .*watched\.yaml:3:18/,
    );
    save(file, withSize(2, 'spool: false'));
    expect(await next()).toMatch(/watched\.yaml has changed; this needs a restart: telemetry\.spool/);
    endSession('second');
    await endpoint.requests(1);

    expect(endpoint.names).toEqual(['first', 'second']);
  });

  it('changes what is sampled', async () => {
    const file = join(directory, 'sampled.yaml');
    save(file, 'telemetry: { sampling: { rate: 0 } }');
    const { onError, next } = listening();
    const recording = startRecording({ configFile: file, watch: true, onError });
    endSession('before');
    save(file, 'telemetry: { service_name: other, sampling: { rate: 1 } }');
    expect(await next()).toContain('telemetry.service_name');
    endSession('after');

    expect((await recording.spans()).map(({ name }) => name)).toEqual(['after']);
  });

  it('is followed through links, as Kubernetes changes them', async () => {
    const volume = join(directory, 'volume');
    for (const version of ['1', '2']) {
      mkdirSync(join(volume, `..${version}`), { recursive: true });
      writeFileSync(
        join(volume, `..${version}`, 'agentops.yaml'),
        `telemetry: { service_name: crew-${version} }`,
      );
    }
    symlinkSync('..1', join(volume, '..data'));
    symlinkSync('..data/agentops.yaml', join(volume, 'agentops.yaml'));
    const { onError, next } = listening();
    const configFile = join(volume, 'agentops.yaml');
    init({ configFile, watch: true, onError, exporters: [], logs: { level: 'silent' } });
    symlinkSync('..2', join(volume, '..new'));
    renameSync(join(volume, '..new'), join(volume, '..data'));

    expect(await next()).toContain('this needs a restart: telemetry.service_name');
  });

  it('keeps no process alive', async () => {
    const file = join(directory, 'idle.yaml');
    writeFileSync(file, 'telemetry: {}\n');

    expect(await runProgram('watching.ts', [file])).toMatchObject({
      code: 0,
      stdout: 'started\n',
      stderr: '',
    });
  });
});
