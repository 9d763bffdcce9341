import { WriteStream } from 'node:tty';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { ActionEvent, init, LLMEvent, shutdown, startSession, type Time, ToolEvent } from 'agentops';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsoleSender } from '../../../src/telemetry/exporters/console-sender.ts';
import { runProgram } from '../../support/program.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(async () => {
  await shutdown();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  terminal(false);
});

/** Makes standard output a terminal, with a terminal's own way to tell whether it has colours. */
function terminal(isTerminal: boolean): void {
  const own = { isTTY: isTerminal, hasColors: WriteStream.prototype.hasColors };
  const further = { getColorDepth: WriteStream.prototype.getColorDepth };
  Object.assign(process.stdout, { ...own, ...further });
}

/** `ms` milliseconds after ten o'clock. */
function at(ms: number): Time {
  return new Date(Date.UTC(2026, 10, 21, 10) + ms);
}

describe('the console exporter', () => {
  it('prints a session as a tree when it has ended', async () => {
    const client = init({ exporters: [{ type: 'console' }] });
    const run = startSession({ name: 'answer', startTime: at(0) });
    const usage = { model: 'gpt-4o', provider: 'openai', promptTokens: 1000, completionTokens: 100 };
    run.record(new LLMEvent({ ...usage, startTime: at(40), endTime: at(140) }));
    run.record(new ToolEvent({ name: 'search', startTime: at(10), endTime: at(30) }));
    run.record(new LLMEvent({ model: 'my-model', promptTokens: 5, startTime: at(150), endTime: at(151) }));
    await client.flush();
    expect(printed).toBe('');

    run.end('Fail', 'no answer', at(200));
    await client.flush();
    expect(printed).toBe(
      [
        `trace ${run.traceId}`,
        'answer  200.0 ms, Fail, ERROR no answer',
        '  execute_tool search  20.0 ms',
        '  chat gpt-4o  100.0 ms, 1000 → 100 tokens, $0.0035',
        '  chat my-model  1.0 ms, 5 → ? tokens',
        '',
      ].join('\n'),
    );
  });

  it('indents children below their parent', async () => {
    const client = init({ exporters: [{ type: 'console' }] });
    const run = startSession({ name: 'answer' });
    run.startAgent('planner').record(new ToolEvent({ name: 'search' }));
    run.end('Success');
    await client.flush();

    expect(printed.replaceAll(/ {2}[\d.]+ ms/g, '')).toBe(
      `trace ${run.traceId}\nanswer, Success\n  invoke_agent planner\n    execute_tool search\n`,
    );
  });

  it('prints what is left when the process exits', async () => {
    const { stdout, code } = await runProgram('console.ts');

    expect(stdout.replaceAll(/ {2}[\d.]+ ms/g, '')).toMatch(
      /^last line\ntrace [\da-f]{32}\nrun, Indeterminate\n {2}execute_tool search\n$/,
    );
    expect(code).toBe(3);
  });

  it('prints in parts what would otherwise fill the memory', async () => {
    const sender = new ConsoleSender();
    const spans: ReadableSpan[] = [];
    const tracer = new TracerProvider().getTracer('test');
    const root = tracer.startSpan('root');
    const within = trace.setSpan(ROOT_CONTEXT, root);
    for (let n = 0; n < 10_001; n += 1) {
      const span = tracer.startSpan('child', {}, within);
      span.end();
      spans.push(span as unknown as ReadableSpan);
    }
    await sender.send(spans.slice(0, 10_000));
    expect(printed).toBe('');
    await sender.send(spans.slice(10_000));

    expect(printed.match(/child/g)).toHaveLength(10_001);
  });

  it('prints what is left at the shutdown, late spans among it', async () => {
    const client = init({ exporters: [{ type: 'console' }] });
    const run = startSession({ name: 'answer' });
    run.end('Success');
    await client.flush();
    printed = '';
    run.record(new ActionEvent({ actionType: 'late' }));
    await client.flush();
    expect(printed).toBe('');

    await client.shutdown();
    expect(printed).toMatch(/^trace [0-9a-f]{32}\naction late {2}[\d.]+ ms\n$/);
  });

  it.each([
    ['', true],
    ['1', false],
  ])('is coloured on a terminal, unless NO_COLOR is set (to "%s")', async (noColor, isColoured) => {
    // Node takes the terminals of most build servers for colourless.
    vi.stubEnv('CI', undefined);
    vi.stubEnv('FORCE_COLOR', undefined);
    vi.stubEnv('NO_COLOR', noColor);
    vi.stubEnv('NODE_DISABLE_COLORS', undefined);
    vi.stubEnv('TERM', 'xterm-256color');
    vi.stubEnv('COLORTERM', 'truecolor');
    terminal(true);
    const client = init({ exporters: [{ type: 'console' }] });
    startSession({ name: 'answer' }).end('Fail', 'no answer');
    await client.flush();

    expect(printed.includes('\u001b[31mERROR no answer')).toBe(isColoured);
    expect(printed.includes('\u001b')).toBe(isColoured);
  });

  it('holds back no more than a hundred traces that wait for their root', async () => {
    const client = init({ exporters: [{ type: 'console' }], logs: { level: 'silent' } });
    for (let n = 0; n < 105; n += 1) startSession().record(new ActionEvent());
    await client.flush();

    expect(printed.match(/^trace /gm)).toHaveLength(5);
  });
});
