import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type ReceivedRequest, type Script, startModelServer } from '@agentops/model-server';
import type { SpanRow } from '@agentops/otlp';
import { OtlpEndpoint } from '../../../packages/agentops/test/support/otlp-endpoint.ts';

/** What a run of an example gave. */
export interface ExampleRun {
  readonly output: string;
  /** As the backend would store them. */
  readonly spans: readonly SpanRow[];
  /** What the model was asked. */
  readonly requests: readonly ReceivedRequest[];
}

export interface ExampleOptions {
  readonly args?: readonly string[];
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `examples/<file>` as its reader would, against a model that plays `script`. */
export async function runExample(
  file: string,
  script: Script,
  { args = [], nodeOptions = [], env = {} }: ExampleOptions = {},
): Promise<ExampleRun> {
  await using server = await startModelServer({ script });
  const endpoint = await OtlpEndpoint.start();
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@agentops/source', ...nodeOptions, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Some frameworks are silent in tests.
      NODE_ENV: 'production',
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: `${server.url}/v1`,
      AGENTOPS_ENDPOINT: endpoint.url,
      ...env,
    },
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  await endpoint.stop();
  if (code !== 0 || errors !== '') throw new Error(`${file} ended with ${code}: ${errors}`);
  const spans = endpoint.received.flatMap((request) => request.spans);
  return { output: output.trimEnd(), spans, requests: [...server.requests] };
}

/** The spans as a tree, one line each: two blanks for each level, in the order of their starts. */
export function treeOf(spans: readonly SpanRow[], label = (span: SpanRow) => span.operation_name): string {
  const known = new Set(spans.map((span) => span.span_id));
  const inOrder = spans.toSorted((a, b) => (a.start_time < b.start_time ? -1 : 1));
  const below = (parent: string | null, depth: number): string[] =>
    inOrder
      .filter(({ parent_span_id: id }) => (parent === null ? id === null || !known.has(id) : id === parent))
      .flatMap((span) => [`${'  '.repeat(depth)}${label(span)}`, ...below(span.span_id, depth + 1)]);
  return below(null, 0).join('\n');
}

/** The one span of that name. */
export function spanNamed(spans: readonly SpanRow[], name: string): SpanRow {
  const [found, ...others] = spans.filter((span) => span.operation_name === name);
  if (found === undefined || others.length > 0) {
    throw new Error(
      `expected one span ${name}, found ${found ? others.length + 1 : 0} in:\n${treeOf(spans)}`,
    );
  }
  return found;
}
