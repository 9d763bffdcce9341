import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { startServer } from '../../src/index.ts';
import { apiOf, postOtlp } from '../support/requests.ts';
import { QUIET } from '../support/servers.ts';
import { encodeTraces, recordSpans, sessionIdOf } from '../support/traces.ts';

const SERVER = fileURLToPath(new URL('../support/server-process.ts', import.meta.url));

describe('a server that is killed (D3)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-killed-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('has every span it acknowledged when it is opened again', async () => {
    const child = spawn(process.execPath, ['--conditions=@agentops/source', SERVER, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'exit');
    const died = gone.then(([code]) => Promise.reject(new Error(`the server ended with code ${code}`)));
    const [url] = (await Promise.race([once(createInterface(child.stdout), 'line'), died])) as [string];

    // Eight senders post one span after another; the process dies right after the 40th acknowledgement.
    const acknowledged: string[] = [];
    const sendUntilKilled = async () => {
      for (;;) {
        const [span] = recordSpans(1);
        const response = await postOtlp({ url }, encodeTraces([span!])).catch(() => undefined);
        if (response?.status !== 200) return;
        acknowledged.push(sessionIdOf(span!));
        if (acknowledged.length === 40) child.kill('SIGKILL');
      }
    };
    await Promise.all([gone, ...Array.from({ length: 8 }, sendUntilKilled)]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);

    const server = await startServer({ ...QUIET, dataDir });
    const api = apiOf(server);
    for (const id of acknowledged) {
      expect((await api.spans(id)).total).toBe(1);
    }
    await server.close();
  });
});
