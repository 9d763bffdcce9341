import { always, type ModelServer, startModelServer } from '@agentops/model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../support/program.ts';

const CHAT = 'chat gpt-4o';
const LIST = 'GET /models';
const MESSAGE = 'chat claude-sonnet-5-5';
/** The span that Anthropic's client makes by itself where it is not instrumented. */
const NATIVE = 'anthropic.messages.create';
const GENERATE = 'generate_content gemini-2.5-flash';
const PRELOADED = ['--import', 'agentops/register'];

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({ script: always({ text: 'Warm.' }) });
});
afterAll(() => server.close());

/** The spans of the program's calls. */
async function spansOf(
  program: string,
  instrumentations: object,
  { nodeOptions = [] as string[], last = '' } = {},
): Promise<string[]> {
  const args = [server.url, JSON.stringify(instrumentations), last];
  const { code, stdout, stderr } = await runProgram(program, args, { nodeOptions });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('instrumentation on import (P2)', () => {
  it('takes every client of a program that was started with agentops/register, once', async () => {
    const all = [CHAT, CHAT, CHAT, LIST, MESSAGE, GENERATE];
    expect(await spansOf('automatic.ts', {}, { nodeOptions: PRELOADED })).toEqual(all);
    expect(await spansOf('automatic.ts', {}, { nodeOptions: PRELOADED, last: 'handed' })).toEqual(all);
  });

  it('leaves alone what is switched off, and without a preload what is not switched on', async () => {
    expect(await spansOf('automatic.ts', { openai: false }, { nodeOptions: PRELOADED })).toEqual([
      MESSAGE,
      GENERATE,
    ]);
    expect(await spansOf('automatic.ts', {})).toEqual([NATIVE]);
  });

  it('needs no preload for what init switches on, loaded before or not', async () => {
    expect(await spansOf('automatic.ts', { openai: true })).toEqual([CHAT, CHAT, CHAT, LIST, NATIVE]);
    expect(await spansOf('automatic-required.cjs', { openai: true })).toEqual([CHAT]);
    expect(await spansOf('automatic-required.cjs', { openai: true }, { last: 'late' })).toEqual([CHAT]);
  });

  it('takes clients of a program that requires', async () => {
    expect(await spansOf('automatic-required.cjs', {}, { nodeOptions: PRELOADED })).toEqual([CHAT]);
  });
});
