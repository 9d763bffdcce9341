import { always } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { runExample, treeOf } from './support/run-example.ts';

describe('sessions over a message broker (C2)', () => {
  it('go on where their messages are read, also when they are over', { timeout: 120_000 }, async () => {
    const { output, spans } = await runExample('messages/main.ts', always({}));

    const label = ({ service_name, operation_name, kind }: (typeof spans)[number]) =>
      `${service_name}: ${operation_name}${['', '', '', '', ', producer', ', consumer'][kind]}`;
    const report = (name: string) => [
      `producer: report ${name}`,
      ...[1, 2].flatMap((chapter) => [
        '  producer: send jobs, producer',
        '    consumer: process jobs, consumer',
        `      consumer: task write ${name}${chapter}`,
      ]),
    ];
    const roots = ['report a', 'report b', 'report c', 'order'];
    const trees = roots.map((name) => {
      const traceId = spans.find(({ operation_name }) => operation_name === name)?.trace_id;
      return treeOf(
        spans.filter(({ trace_id }) => trace_id === traceId),
        label,
      ).split('\n');
    });
    expect(trees).toEqual([
      ...['a', 'b', 'c'].map(report),
      ['producer: order', '  consumer: process jobs, consumer', '    consumer: task write reminder'],
    ]);
    expect(output.split('\n')).toHaveLength(7);
    const [sessionOfA] = spans.filter(({ operation_name }) => operation_name === 'report a');
    expect(output).toContain(`a2 of ${sessionOfA?.session_id}`);
  });
});
