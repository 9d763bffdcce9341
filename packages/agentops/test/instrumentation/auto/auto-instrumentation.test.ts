import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { always, type ModelServer, startModelServer } from '@agentops/model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../support/program.ts';

const CHAT = 'chat gpt-4o';
const LIST = 'GET /models';
const MESSAGE = 'chat claude-sonnet-5-5';
/** The span that Anthropic's client makes by itself where it is not instrumented. */
const NATIVE = 'anthropic.messages.create';
const GENERATE = 'generate_content gemini-2.5-flash';
const HELPERS = [
  MESSAGE,
  MESSAGE,
  MESSAGE,
  'GET /v1/models',
  'GET /v1/models',
  'GET /v1/models/{id}',
  'POST /v1/messages/count_tokens',
  MESSAGE,
];
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

/** Programs one after the other, on a machine that may be busy. */
const timeout = 120_000;

describe('instrumentation on import (P2)', { timeout }, () => {
  it('takes every client of a program that was started with agentops/register, once', async () => {
    const all = [CHAT, CHAT, CHAT, LIST, MESSAGE, GENERATE];
    expect(await spansOf('automatic.ts', {}, { nodeOptions: PRELOADED })).toEqual(all);
    expect(await spansOf('automatic.ts', {}, { nodeOptions: PRELOADED, last: 'handed' })).toEqual(all);
  });

  it('takes clients of older versions too', async () => {
    await using older = await programWith({ openai: 'openai-6', '@anthropic-ai/sdk': 'anthropic-sdk-0' });
    const all = [CHAT, CHAT, CHAT, LIST, MESSAGE, GENERATE];

    expect(await spansOf(older.path, {}, { nodeOptions: PRELOADED })).toEqual(all);
    expect(await spansOf(older.path, { openai: true, anthropic: true })).toEqual(all.slice(0, -1));
    expect(await spansOf(older.helpers, {}, { nodeOptions: PRELOADED })).toEqual(HELPERS);
  });

  it('makes one span of the first call of a client too, by whatever method', async () => {
    expect(await spansOf('automatic-helpers.ts', {}, { nodeOptions: PRELOADED })).toEqual(HELPERS);
    expect(await spansOf('automatic-helpers.ts', { anthropic: true })).toEqual(HELPERS);
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

const PROGRAMS = fileURLToPath(new URL('../../programs/', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../../../../node_modules/', import.meta.url));

/** `automatic.ts` in a folder of its own, where packages are those that stand beside their names. */
async function programWith(packages: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'agentops-older-'));
  for (const file of ['automatic.ts', 'automatic-helpers.ts', 'in-memory.ts'])
    await cp(join(PROGRAMS, file), join(folder, file));
  for (const scope of ['@anthropic-ai', '@google']) {
    await mkdir(join(folder, 'node_modules', scope), { recursive: true });
  }
  for (const name of ['agentops', '@opentelemetry', '@google/genai', 'standardwebhooks']) {
    await symlink(join(INSTALLED, name), join(folder, 'node_modules', name));
  }
  for (const [name, alias] of Object.entries(packages)) {
    const filter = (path: string) => !/\.(map|ts|mts|cts)$/.test(path);
    await cp(join(INSTALLED, alias), join(folder, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter,
    });
  }
  return {
    path: relative(PROGRAMS, join(folder, 'automatic.ts')),
    helpers: relative(PROGRAMS, join(folder, 'automatic-helpers.ts')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
