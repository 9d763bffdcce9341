import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { type RedactionRule, session, shutdown, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { Reporter } from '../../../src/reporter.ts';
import { Redactor } from '../../../src/telemetry/redaction/redactor.ts';
import { startRecording } from '../../support/recording.ts';
import { characters } from './planted.ts';

afterEach(() => shutdown());

const KEY = `sk-${characters(40)}`;
const MASKED = 'sk-[redacted]';

function textsOf(span: ReadableSpan): string {
  const { name, attributes, status, events, links, resource } = span;
  return JSON.stringify([name, attributes, status, events, links, resource.attributes]);
}

describe('redaction before anything leaves the process (T8)', () => {
  it('looks at a value it has let pass again under another name, and asks a user’s function each time', () => {
    const reporter = new Reporter({ level: 'silent' });
    const builtIn = new Redactor({ redact: ['secrets'], reporter });
    const word = { note: 'swordfish' };
    expect(builtIn.attributes(word)).toBe(word);
    expect(builtIn.attributes(word)).toBe(word);
    expect(builtIn.attributes({ password: 'swordfish' })).toEqual({ password: '[redacted]' });
    expect(builtIn.attributes({ note: KEY })).toEqual({ note: MASKED });

    let asked = 0;
    const second: RedactionRule = (text) => {
      asked += 1;
      return asked > 1 ? 'hidden' : text;
    };
    const users = new Redactor({ redact: [second], reporter });
    expect(users.attributes(word)).toBe(word);
    expect(users.attributes(word)).toEqual({ note: 'hidden' });
  });

  it('masks secrets wherever a span has text, also a span of somebody else’s', async () => {
    const recording = startRecording({ resource: { 'deploy.note': KEY, 'deploy.api_key': 'swordfish' } });
    session(`run ${KEY}`, () => {
      tool('search', () => `found ${KEY}`);
      const span = trace.getTracer('database').startSpan(`SELECT ${KEY}`, {
        attributes: {
          'db.password': 'swordfish',
          list: ['x', KEY],
          map: { nested: { secret: 'swordfish' } },
        },
        links: [{ context: trace.getSpanContext(context.active())!, attributes: { note: KEY } }],
      });
      span.addEvent(`event ${KEY}`, { note: KEY });
      span.recordException(new Error(`wrong key ${KEY}`));
      span.setStatus({ code: SpanStatusCode.ERROR, message: `wrong key ${KEY}` });
      span.end();
    });

    const spans = await recording.spans();
    expect(spans.map(({ name }) => name)).toEqual([
      'execute_tool search',
      `SELECT ${MASKED}`,
      `run ${MASKED}`,
    ]);
    for (const span of spans) {
      expect(textsOf(span)).not.toContain(KEY);
      expect(textsOf(span)).not.toContain('swordfish');
    }
    expect(spans[0]?.attributes['gen_ai.tool.call.result']).toBe(`"found ${MASKED}"`);
    expect(spans[1]?.attributes).toMatchObject({
      'db.password': '[redacted]',
      list: ['x', MASKED],
      map: { nested: { secret: '[redacted]' } },
    });
    expect(spans[1]?.events.map(({ name }) => name)).toEqual([`event ${MASKED}`, 'exception']);
    expect(spans[1]?.resource.attributes).toMatchObject({
      'deploy.note': MASKED,
      'deploy.api_key': '[redacted]',
    });
    expect(recording.client.stats().masks).toMatchObject({ secret_key: expect.any(Number) });
  });

  it('leaves figures, ids, times, models and structure as they are', async () => {
    const recording = startRecording();
    const attributes = {
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.request.max_tokens': 4,
      'gen_ai.token.type': 'input',
      'gen_ai.request.model': 'gpt-4o-2024-08-06',
      'user.password': 17,
      flags: [true, false],
    };
    session('run', (run) => {
      run.span.setAttributes(attributes);
    });

    const span = await recording.span('run');
    expect(span.attributes).toMatchObject(attributes);
    expect(span.attributes['session.id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(span.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(recording.client.stats().masks).toEqual({});
  });

  it('copies only what it has to change, and keeps a changed span complete', async () => {
    const redactor = new Redactor({ redact: ['secrets'], reporter: new Reporter({ level: 'silent' }) });
    const recording = startRecording({ content: { redact: false } });
    session('clean', () => tool('dirty', () => KEY));

    const [dirty, clean] = await recording.spans();
    expect(redactor.span(clean!)).toBe(clean);
    const copy = redactor.span(dirty!);
    expect(textsOf(dirty!)).toContain(KEY);
    expect(textsOf(copy)).not.toContain(KEY);
    for (const part of ['kind', 'startTime', 'endTime', 'duration', 'parentSpanContext', 'ended'] as const) {
      expect(copy[part]).toEqual(dirty![part]);
    }
    expect(copy.spanContext()).toEqual(dirty!.spanContext());
  });

  it('masks e-mails, cards, patterns, keys and by functions where it is told to, and nothing where it is not', async () => {
    const text = `jo@host.example ticket-42 4111 1111 1111 1111 ${KEY}`;
    const redact: RedactionRule[] = [
      'emails',
      'cards',
      { pattern: 'ticket-(\\d+)', replacement: 'ticket-*$1' },
      { pattern: /[\w-]*AGAIN/gy },
      { keys: ['custom.*', 'plain'], replacement: 'gone' },
      (value, key) => (key === 'shout' ? value.toUpperCase() : value),
    ];
    const recording = startRecording({ content: { redact } });
    session('run', (run) =>
      run.span.setAttributes({ text, shout: 'hey', 'custom.n': 3, plain: [1, 2], password: 'swordfish' }),
    );

    expect((await recording.span('run')).attributes).toMatchObject({
      text: `[redacted] ticket-*42 [redacted] ${KEY}`,
      shout: 'HEY',
      'custom.n': 'gone',
      password: 'swordfish',
    });
    await shutdown();

    const open = startRecording({ content: { redact: false } });
    session('run', (run) => run.span.setAttributes({ text, password: 'swordfish' }));
    expect((await open.span('run')).attributes).toMatchObject({ text, password: 'swordfish' });
  });

  it('masks the whole of every value that a rule fails for, and says which rule', async () => {
    function careful(value: string, key: string): string {
      if (key === 'bad') throw new Error('no idea');
      return key === 'worse' ? (undefined as unknown as string) : value;
    }
    const recording = startRecording({ content: { redact: [careful] } });
    session('run', (run) => run.span.setAttributes({ bad: 'personal', worse: 'personal', good: 'fine' }));

    const { attributes } = await recording.span('run');
    expect(attributes).toMatchObject({
      bad: '[redacted: rule failed]',
      worse: '[redacted: rule failed]',
      good: 'fine',
    });
    expect(recording.errors.map(({ code }) => code)).toContain('redaction_failed');
    expect(recording.errors[0]?.message).toContain('function careful');
    expect(recording.client.stats().masks).toEqual({ failed: 2 });
  });

  it('keeps the structure and drops every text of a span that cannot be read', () => {
    const redactor = new Redactor({ redact: ['secrets'], reporter: new Reporter({ level: 'silent' }) });
    const memory = new InMemorySpanExporter();
    const span = {
      name: KEY,
      attributes: { text: KEY, n: 1 },
      status: { code: SpanStatusCode.OK },
      get events(): never {
        throw new Error('unreadable');
      },
      spanContext: () => ({ traceId: '1', spanId: '2', traceFlags: 1 }),
    } as unknown as ReadableSpan;

    memory.export([redactor.span(span)], () => {});
    expect(memory.getFinishedSpans()[0]).toMatchObject({
      name: '[redacted: rule failed]',
      attributes: { n: 1 },
    });
  });

  it('reports a rule that holds the program up, once', () => {
    const errors: string[] = [];
    const slow = (value: string): string => {
      const end = performance.now() + 60;
      while (performance.now() < end);
      return value;
    };
    const reporter = new Reporter({ level: 'silent', onError: ({ message }) => errors.push(message) });
    const redactor = new Redactor({ redact: [slow], reporter });
    expect(redactor.text('a') + redactor.text('b')).toBe('ab');
    expect(errors).toEqual([expect.stringMatching(/function slow took \d+ ms for a text of 1 characters/)]);
  });

  it('refuses a pattern that is no regular expression', () => {
    expect(() => startRecording({ content: { redact: [{ pattern: '(' }] } })).toThrow(
      /content\.redact\.0\.pattern = .\(.: expected a regular expression/,
    );
  });
});

describe('limits of content (T8)', () => {
  it('cuts texts by their bytes, after redaction, between characters, and says how much is missing', async () => {
    const recording = startRecording({ content: { maxLength: 100 } });
    const wide = '€𝄞'.repeat(50);
    session('run', (run) =>
      run.span.setAttributes({
        wide,
        list: ['short', 'x'.repeat(500)],
        fits: 'é'.repeat(50),
        // Cut first, the half of it that is left would be known by nobody.
        late: `${'x'.repeat(60)} ${KEY}`,
      }),
    );

    const { wide: cut, list, fits, late } = (await recording.span('run')).attributes;
    expect(cut).toMatch(/^(€𝄞)+€?… \[\d+ bytes cut\]$/);
    expect(Buffer.byteLength(String(cut))).toBeLessThanOrEqual(100);
    const [kept = '', missing = ''] = String(cut).split('… [');
    expect(Buffer.byteLength(kept) + Number.parseInt(missing, 10)).toBe(Buffer.byteLength(wide));
    expect(list).toEqual(['short', `${'x'.repeat(68)}… [432 bytes cut]`]);
    expect(fits).toBe('é'.repeat(50));
    expect(late).toBe(`${'x'.repeat(60)} ${MASKED}`);
  });

  it('takes sizes with units', async () => {
    const recording = startRecording({ content: { maxLength: '1KiB' } });
    session('run', (run) => run.span.setAttribute('text', 'x'.repeat(2000)));
    expect(String((await recording.span('run')).attributes.text)).toMatch(/… \[1008 bytes cut\]$/);
  });
});
