import { setTimeout as sleep } from 'node:timers/promises';
import { agent, init, session, shutdown, tool } from 'agentops';
import { describe, expect, it } from 'vitest';
import { accountOf } from '../../support/invariant.ts';

/** Of Jaeger's query service, such as `http://localhost:16686`. */
const { TEST_JAEGER_URL: query = '', TEST_JAEGER_OTLP_URL: otlp } = process.env;

/** The part of a trace that Jaeger's query API answers with and that is looked at. */
interface JaegerTrace {
  readonly spans: readonly {
    readonly spanID: string;
    readonly operationName: string;
    readonly processID: string;
    readonly references: readonly { readonly refType: string; readonly spanID: string }[];
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** What the query API has under `path`, once `isThere` holds: spans can be asked for a moment after they were taken. */
async function ask<T>(path: string, isThere: (data: readonly T[]) => boolean): Promise<readonly T[]> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(new URL(path, query));
    const data = response.ok ? (((await response.json()) as { data: readonly T[] | null }).data ?? []) : [];
    if (isThere(data) || attempt === 100) return data;
    await sleep(100);
  }
}

function otlpBeside(url: string): string {
  const beside = new URL(url);
  beside.port = '4318';
  return beside.origin;
}

describe.runIf(query !== '')('a real Jaeger (T2), named by TEST_JAEGER_URL', () => {
  it.each([
    ['HTTP', 'http/protobuf', undefined],
    ['gRPC', 'grpc', '4317'],
  ] as const)('has the service and the tree, sent over %s', async (_kind, protocol, port) => {
    const endpoint = new URL(otlp ?? otlpBeside(query));
    if (port !== undefined) endpoint.port = port;
    const serviceName = `jaeger-test-${process.pid}-${protocol.replace('/', '-')}`;
    const client = init({
      serviceName,
      exporters: [{ type: 'jaeger', endpoint: endpoint.origin, protocol }],
      spool: false,
    });
    const traceId = session('question', (run) => {
      agent('planner', () => tool('search', () => 'found'));
      return run.traceId;
    });
    await client.flush();
    expect(accountOf(client, 'jaeger')).toMatchObject({ ended: 3, delivered: 3 });
    await shutdown();

    const services = await ask<string>('/api/services', (names) => names.includes(serviceName));
    expect(services).toContain(serviceName);
    const [trace] = await ask<JaegerTrace>(`/api/traces/${traceId}`, ([found]) => found?.spans.length === 3);
    const spans = trace?.spans ?? [];
    const byId = new Map(spans.map((span) => [span.spanID, span]));
    const tree = spans.map(({ operationName, references }) => {
      const parent = references.find(({ refType }) => refType === 'CHILD_OF');
      return [operationName, byId.get(parent?.spanID ?? '')?.operationName];
    });
    expect(tree.toSorted()).toEqual([
      ['execute_tool search', 'invoke_agent planner'],
      ['invoke_agent planner', 'question'],
      ['question', undefined],
    ]);
    for (const { processID } of spans) expect(trace?.processes[processID]?.serviceName).toBe(serviceName);
    const root = spans.find(({ operationName }) => operationName === 'question');
    expect(root?.tags).toContainEqual(
      expect.objectContaining({ key: 'agentops.span.kind', value: 'session' }),
    );
  });
});
