import type { SpanRow } from '@agentops/otlp';
import { describe, expect } from 'vitest';
import type { OtlpEndpoint } from './support/otlp-endpoint.ts';
import { runProgram } from './support/program.ts';
import { it } from './support/sending.ts';

async function runThreads(
  endpoint: OtlpEndpoint,
  way: string,
): Promise<{ stdout: string; path: (name: string) => string[] }> {
  const { stdout, ...exit } = await runProgram('threads.ts', [way, endpoint.url]);
  expect(exit).toEqual({ code: 0, signal: null, stderr: '' });
  const spans = endpoint.received.flatMap((request) => request.spans);
  /** From the span of that name up to the root of its session. */
  const path = (name: string): string[] => {
    const steps: string[] = [];
    let span: SpanRow | undefined = spans.find((one) => one.operation_name === name);
    while (span !== undefined) {
      steps.push(`${span.service_name}: ${span.operation_name}`);
      const { trace_id, parent_span_id } = span;
      span = spans.find((one) => one.trace_id === trace_id && one.span_id === parent_span_id);
    }
    return steps;
  };
  return { stdout, path };
}

describe('a worker thread (C3)', () => {
  it('goes on with the session that its data names', async ({ endpoint }) => {
    const { path } = await runThreads(endpoint, 'by workerData');
    expect(path('execute_tool given')).toEqual([
      'thread: execute_tool given',
      'thread: thread part',
      'main: a',
    ]);
  });

  it('is a part of the session that its environment names', async ({ endpoint }) => {
    const { path } = await runThreads(endpoint, 'by its environment');
    expect(path('execute_tool given')).toEqual(['thread: execute_tool given', 'thread: thread', 'main: a']);
  });

  it('works for the session of each message, and is heard there', async ({ endpoint }) => {
    const { stdout, path } = await runThreads(endpoint, 'by messages');
    expect(stdout.trim().split('\n').sort()).toEqual(['a done in a', 'b done in b']);
    for (const name of ['a', 'b']) {
      expect(path(`execute_tool ${name}`)).toEqual([
        `thread: execute_tool ${name}`,
        `thread: job ${name}`,
        `main: ${name}`,
      ]);
    }
  });
});
