import { action, agent, guardrail, type Helper, session, shutdown, task, tool, workflow } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

const HELPERS: readonly [string, Helper<{ readonly name: string }, unknown>, string][] = [
  ['session', session, 'work'],
  ['agent', agent, 'invoke_agent work'],
  ['workflow', workflow, 'invoke_workflow work'],
  ['task', task, 'task work'],
  ['tool', tool, 'execute_tool work'],
  ['guardrail', guardrail, 'guardrail work'],
  ['action', action, 'action work'],
];

describe.each(HELPERS)('%s (S6)', (kind, helper, spanName) => {
  it('runs a function in call form and returns what it returned', async () => {
    const recording = startRecording();
    const result = {};
    expect(helper('work', () => result)).toBe(result);

    const span = await recording.span(spanName);
    expect(span.attributes['agentops.span.kind']).toBe(kind);
  });

  it('makes a function of the same name, length, `this` and result in wrap form', async () => {
    const recording = startRecording();
    async function work(this: { base: number }, a: number, b: number): Promise<number> {
      return this.base + a + b;
    }
    const wrapped = helper.wrap(work);

    expect([wrapped.name, wrapped.length]).toEqual(['work', 2]);
    await expect(wrapped.call({ base: 1 }, 2, 3)).resolves.toBe(6);
    await expect(wrapped.call({ base: 10 }, 2, 3)).resolves.toBe(15);
    const kinds = (await recording.spans()).map((span) => span.attributes['agentops.span.kind']);
    expect(kinds.filter((found) => found === kind)).toHaveLength(2);
  });

  it('takes a name of its own in wrap form', async () => {
    const recording = startRecording();
    expect(helper.wrap('work', (word: string) => word.length)('four')).toBe(4);

    expect((await recording.span(spanName)).ended).toBe(true);
  });

  it.each([
    ['no name', undefined, 'anonymous'],
    ['null', null, 'anonymous'],
    ['options without a name', {}, 'anonymous'],
    ['a number', 7, '7'],
    ['a number in options', { name: 7 }, '7'],
  ])('runs the function under %s', async (_what, spec, name) => {
    const recording = startRecording();
    expect(helper(spec as never, () => 'ran')).toBe('ran');
    expect(helper.wrap(spec as never, () => 'ran')()).toBe('ran');

    const names = (await recording.spans()).map((span) => span.name);
    expect(names.filter((found) => found === spanName.replace(/work$/, name))).toHaveLength(2);
  });

  it('passes the same error on, thrown or rejected, and marks the span', async () => {
    const recording = startRecording();
    const error = Object.assign(new Error('no'), { code: 'E_NO' });
    expect(() =>
      helper('work', () => {
        throw error;
      }),
    ).toThrow(error);
    await expect(helper('work', () => Promise.reject(error))).rejects.toBe(error);

    const failed = (await recording.spans()).filter((span) => span.name === spanName);
    expect(failed.map((span) => span.status)).toEqual([
      { code: 2, message: 'no' },
      { code: 2, message: 'no' },
    ]);
    if (kind !== 'session') expect(failed[0]?.attributes['error.type']).toBe('E_NO');
  });
});

describe('what helpers record (S6)', () => {
  it('keeps arguments and result of a tool', async () => {
    const recording = startRecording();
    tool.wrap('add', (a: number, b: number) => a + b)(1, 2);

    const span = await recording.span('execute_tool add');
    expect(span.attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '[1,2]',
      'gen_ai.tool.call.result': '3',
      'event.type': 'tools',
    });
    expect(span.attributes['event.timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(span.attributes['event.end_timestamp']).toMatch(/\.\d{9}Z$/);
  });

  it('says which call of the model a tool answers', async () => {
    const recording = startRecording();
    tool({ name: 'add', callId: 'call_7', description: 'adds numbers' }, () => 3);

    expect((await recording.span('execute_tool add')).attributes).toMatchObject({
      'gen_ai.tool.name': 'add',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call_7',
      'gen_ai.tool.description': 'adds numbers',
    });
  });

  it('lets the function say by its handle what went in and came out', async () => {
    const recording = startRecording();
    tool('search', (handle) => {
      handle.setInput({ q: 'otel' }).setOutput('three hits').setAttributes({ 'search.engine': 'own' });
      return { hits: [1, 2, 3] };
    });

    expect((await recording.span('execute_tool search')).attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"q":"otel"}',
      'gen_ai.tool.call.result': '"three hits"',
      'search.engine': 'own',
    });
  });

  it('keeps input and output of agents and workflows under names of their own', async () => {
    const recording = startRecording();
    agent.wrap('planner', (goal: string) => `plan for ${goal}`)('tea');

    expect((await recording.span('invoke_agent planner')).attributes).toMatchObject({
      'agentops.input': '"tea"',
      'agentops.output': '"plan for tea"',
    });
  });

  it('keeps what actions, tasks and guardrails did in event.data', async () => {
    const recording = startRecording();
    task.wrap('plan', (goal: string) => goal.length)('tea');

    expect(jsonOf(await recording.span('task plan'), 'event.data')).toEqual({
      name: 'plan',
      params: 'tea',
      returns: 3,
    });
  });

  it('keeps no content while content capture is off', async () => {
    const recording = startRecording({ content: { capture: false } });
    session('run', () =>
      agent.wrap('planner', (_goal: string) =>
        tool.wrap('search', (query: string) => `${query} found`)('secret'),
      )('secret'),
    );

    const spans = await recording.spans();
    expect(spans).toHaveLength(3);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('secret');
  });

  it.each([
    ['a text', 'no', 'no', 'string'],
    ['an object', { reason: 'no' }, '{"reason":"no"}', 'object'],
    ['undefined', undefined, 'undefined', 'undefined'],
  ])('marks the span of work that throws %s', async (_kind, thrown, message, type) => {
    const recording = startRecording();
    let caught: unknown = 'nothing';
    try {
      tool('search', () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }

    expect(caught).toBe(thrown);
    const span = await recording.span('execute_tool search');
    expect(span.status).toEqual({ code: 2, message });
    expect(span.attributes['error.type']).toBe(type);
  });

  it('takes arguments that cannot be read', async () => {
    const recording = startRecording();
    const hostile = {
      get key(): never {
        throw new Error('private');
      },
    };
    expect(tool.wrap('look', (value: object) => typeof value)(hostile)).toBe('object');

    const { attributes } = await recording.span('execute_tool look');
    expect(attributes['gen_ai.tool.call.arguments']).toContain('private');
    expect(recording.errors).toEqual([]);
  });
});
