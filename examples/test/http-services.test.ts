import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { SpanRow } from '@agentops/otlp';
import { fetch, session, shutdown } from 'agentops';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OtlpEndpoint } from '../../packages/agentops/test/support/otlp-endpoint.ts';
import { idOf, startRecording } from '../../packages/agentops/test/support/recording.ts';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
});
afterEach(() => shutdown());

interface Service {
  readonly url: string;
  /** Ends it when it has recorded `count` spans. */
  stop(count: number): Promise<readonly SpanRow[]>;
}

/** Runs `examples/http-services/<file>` as its reader would. */
async function start(file: string): Promise<Service> {
  const endpoint = await OtlpEndpoint.start();
  const path = fileURLToPath(new URL(`../http-services/${file}`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@agentops/source', path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AGENTOPS_ENDPOINT: endpoint.url, AGENTOPS_BATCH_INTERVAL: '50ms' },
  });
  children.push(child);
  const errors = text(child.stderr);
  const ended = once(child, 'exit');
  const line = once(createInterface(child.stdout), 'line').then(([url]) => String(url));
  const spans = () => endpoint.received.flatMap((request) => request.spans);
  return {
    url: await Promise.race([line, errors]),
    async stop(count) {
      await expect.poll(() => spans().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
      child.kill();
      await ended;
      await endpoint.stop();
      expect(await errors).toBe('');
      return spans();
    },
  };
}

const FRAMEWORKS = ['express', 'fastify', 'hono'];

// All at once: most of their time goes into loading.
const services = new Map<string, Service>();
beforeAll(async () => {
  const started = await Promise.all(FRAMEWORKS.map((framework) => start(`${framework}.ts`)));
  for (const [index, service] of started.entries()) services.set(FRAMEWORKS[index]!, service);
});

describe('a session goes on in a service (C2)', () => {
  it.each(FRAMEWORKS)('of %s', async (framework) => {
    const recording = startRecording();
    const service = services.get(framework)!;
    const light = async (id: string, oil: number) => {
      const body = JSON.stringify({ oil });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${service.url}/lamps/${id}?key=hush`, { method: 'POST', headers, body })).json();
    };
    const answers = await session('round', () => Promise.all([light('north', 4), light('south', 2)]));
    const spans = await service.stop(4);

    expect(answers).toEqual([
      { id: 'north', oil: 4 },
      { id: 'south', oil: 2 },
    ]);
    const round = await recording.span('round');
    const asked = (await recording.spans()).filter(({ name }) => name === 'POST').map(idOf);
    const requests = spans.filter(({ operation_name: name }) => name === 'POST /lamps/:id');
    const lights = spans.filter(({ operation_name: name }) => name === 'execute_tool light');
    expect(spans).toHaveLength(4);
    expect(new Set(spans.map(({ trace_id: id }) => id))).toEqual(new Set([round.spanContext().traceId]));
    expect(requests.map(({ parent_span_id: id }) => id).sort()).toEqual(asked.sort());
    expect(lights.map(({ parent_span_id: id }) => id).sort()).toEqual(
      requests.map(({ span_id: id }) => id).sort(),
    );
    for (const span of spans) {
      expect(span).toMatchObject({
        session_id: round.attributes['session.id'],
        service_name: `${framework}-example`,
      });
    }
    expect(requests[0]?.attributes).toMatchObject({
      'http.route': '/lamps/:id',
      'http.response.status_code': 200,
    });
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('hush');
  });
});
