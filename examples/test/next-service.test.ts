import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fetch, session, shutdown } from 'agentops';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OtlpEndpoint } from '../../packages/agentops/test/support/otlp-endpoint.ts';
import { idOf, startRecording } from '../../packages/agentops/test/support/recording.ts';
import { spanNamed } from './support/run-example.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let server: ChildProcess;
let endpoint: OtlpEndpoint;
let url: string;

beforeAll(async () => {
  folder = installApp();
  endpoint = await OtlpEndpoint.start();
  const next = join(folder, 'node_modules/next/dist/bin/next');
  server = spawn(process.execPath, [next, 'dev', '--hostname', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'development',
      NEXT_TELEMETRY_DISABLED: '1',
      AGENTOPS_ENDPOINT: endpoint.url,
      AGENTOPS_BATCH_INTERVAL: '50ms',
    },
  });
  for await (const line of createInterface(server.stdout!)) {
    const [, local] = /Local:\s+(http:\S+)/.exec(line) ?? [];
    if (local !== undefined) url = local;
    if (/Ready in/.test(line)) break;
  }
  server.stdout?.resume();
});

afterAll(async () => {
  server.kill();
  await once(server, 'exit');
  await endpoint.stop();
  await shutdown();
  rmSync(folder, { recursive: true, force: true });
});

/** The example as an application of its own, with the SDK installed beside what this repository has. */
function installApp(): string {
  const app = mkdtempSync(join(tmpdir(), 'agentops-next-'));
  cpSync(join(ROOT, 'examples/http-services/next'), app, { recursive: true });
  mkdirSync(join(app, 'node_modules'));
  for (const entry of readdirSync(join(ROOT, 'node_modules'))) {
    if (entry === 'agentops' || entry.startsWith('.')) continue;
    symlinkSync(realpathSync(join(ROOT, 'node_modules', entry)), join(app, 'node_modules', entry));
  }
  for (const part of ['dist', 'package.json']) {
    cpSync(join(ROOT, 'packages/agentops', part), join(app, 'node_modules/agentops', part), {
      recursive: true,
    });
  }
  // Links lead out of the application; an installation of your own has none.
  const config = join(app, 'next.config.mjs');
  cpSync(config, join(app, 'example.config.mjs'));
  writeFileSync(
    config,
    "import config from './example.config.mjs';\nexport default { ...config, turbopack: { root: '/' } };\n",
  );
  return app;
}

it('a session goes on in a service of Next.js (C2)', async () => {
  const recording = startRecording();
  const answer = await session('round', async () => {
    const body = JSON.stringify({ oil: 4 });
    return (await fetch(`${url}/lamps/north?key=hush`, { method: 'POST', body })).json();
  });
  expect(answer).toEqual({ id: 'north', oil: 4 });
  const all = () => endpoint.received.flatMap(({ spans }) => spans);
  // Next.js makes spans of its own as soon as somebody records them; that of the request ends last.
  await expect
    .poll(() => all().map(({ operation_name: name }) => name), { timeout: 10_000 })
    .toContain('POST /lamps/[id]');

  const round = await recording.span('round');
  const ofSession = all().filter(({ trace_id: id }) => id === round.spanContext().traceId);
  expect(spanNamed(ofSession, 'POST /lamps/[id]').parent_span_id).toBe(idOf(await recording.span('POST')));
  expect(spanNamed(ofSession, 'execute_tool light')).toMatchObject({
    parent_span_id: spanNamed(ofSession, 'executing api route (app) /lamps/[id]').span_id,
    session_id: round.attributes['session.id'],
    service_name: 'next-example',
  });
});
