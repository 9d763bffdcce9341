import type { Attributes } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { session, shutdown, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../../support/recording.ts';

afterEach(() => shutdown());

/** Keeps the attributes that each span had when it started. */
class StartRecorder implements SpanProcessor {
  readonly attributes: Record<string, Attributes> = {};

  onStart(span: { readonly name: string; readonly attributes: Attributes }): void {
    this.attributes[span.name] = { ...span.attributes };
    // A span that a processor starts is another one, and none of ours.
    if (span.name.startsWith('execute_tool')) trace.getTracer('other').startSpan('of the processor').end();
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

describe('attributes of the SDK’s own making (T1)', () => {
  it('are on a span before processors of the user’s see it, and on no other span', async () => {
    const starts = new StartRecorder();
    const recording = startRecording({ processors: [starts] });
    session('run', () => tool('search', () => {}));

    expect(starts.attributes['execute_tool search']).toMatchObject({
      'agentops.span.kind': 'tool',
      'event.type': 'tools',
      'event.id': expect.any(String),
      'gen_ai.tool.name': 'search',
      'session.id': expect.any(String),
    });
    expect((await recording.span('of the processor')).attributes).not.toHaveProperty(['agentops.span.kind']);
  });

  it('give way to those a user gives, which are checked', async () => {
    const recording = startRecording();
    const attributes = { 'gen_ai.tool.name': 'mine', wrong: Symbol('x') } as unknown as Attributes;
    session('run', () => tool({ name: 'search', attributes }, () => {}));

    const span = await recording.span('execute_tool search');
    expect(span.attributes['gen_ai.tool.name']).toBe('mine');
    expect(span.attributes).not.toHaveProperty('wrong');
  });

  it('come too late after the end, as any do', async () => {
    const recording = startRecording();
    session('run', () =>
      tool('search', (handle) => {
        handle.span.end();
        handle.setInput('late');
      }),
    );

    const { attributes } = await recording.span('execute_tool search');
    expect(attributes).not.toHaveProperty(['gen_ai.tool.call.arguments']);
  });
});
