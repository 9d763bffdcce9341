import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
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
const GOOGLE = [GENERATE, 'GET /cachedContents', GENERATE];
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
    const all = [CHAT, CHAT, CHAT, LIST, MESSAGE, ...GOOGLE];
    expect(await spansOf('automatic.ts', {}, { nodeOptions: PRELOADED })).toEqual(all);
    expect(await spansOf('automatic.ts', {}, { nodeOptions: PRELOADED, last: 'handed' })).toEqual(all);
  });

  it('takes clients of older versions too', async () => {
    await using older = await programWith({ openai: 'openai-6', '@anthropic-ai/sdk': 'anthropic-sdk-0' });
    const all = [CHAT, CHAT, CHAT, LIST, MESSAGE, ...GOOGLE];

    expect(await spansOf(older.path, {}, { nodeOptions: PRELOADED })).toEqual(all);
    expect(await spansOf(older.path, { openai: true, anthropic: true })).toEqual(
      all.slice(0, -GOOGLE.length),
    );
    expect(await spansOf(older.helpers, {}, { nodeOptions: PRELOADED })).toEqual(HELPERS);
  });

  it('makes one span of the first call of a client too, by whatever method', async () => {
    expect(await spansOf('automatic-helpers.ts', {}, { nodeOptions: PRELOADED })).toEqual(HELPERS);
    expect(await spansOf('automatic-helpers.ts', { anthropic: true })).toEqual(HELPERS);
  });

  it('leaves alone what is switched off, and without a preload what is not switched on', async () => {
    expect(await spansOf('automatic.ts', { openai: false }, { nodeOptions: PRELOADED })).toEqual([
      MESSAGE,
      ...GOOGLE,
    ]);
    expect(await spansOf('automatic.ts', {})).toEqual([NATIVE]);
  });

  it('needs no preload for what init switches on, loaded before or not', async () => {
    expect(await spansOf('automatic.ts', { openai: true })).toEqual([CHAT, CHAT, CHAT, LIST, NATIVE]);
    expect(await spansOf('automatic-required.cjs', { openai: true })).toEqual([CHAT]);
    expect(await spansOf('automatic-required.cjs', { openai: true }, { last: 'late' })).toEqual([CHAT]);
  });

  it.each([
    ['with the preload', PRELOADED, {}, 1],
    ['with the preload, and switched on', PRELOADED, { openai: true }, 1],
    ['switched on by init', [], { openai: true }, 1],
    ['switched off', PRELOADED, { openai: false }, 0],
  ])(
    'leaves a version alone that it does not know, and says so once: %s',
    async (_way, nodeOptions, switches, told) => {
      await using unknown = await programWithUnknown();
      const { code, stdout, stderr } = await runProgram(unknown.path, [JSON.stringify(switches)], {
        nodeOptions,
      });

      expect({ code, stdout }).toEqual({ code: 0, stdout: 'Warm.\n' });
      expect(stderr.match(/^agentops warn: .*this version of openai is not known/gm) ?? []).toHaveLength(
        told,
      );
      expect(stderr.trim().split('\n').filter(Boolean)).toHaveLength(told);
    },
  );

  it('takes clients of a program that requires', async () => {
    expect(await spansOf('automatic-required.cjs', {}, { nodeOptions: PRELOADED })).toEqual([CHAT]);
  });
});

const PROGRAMS = fileURLToPath(new URL('../../programs/', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../../../../node_modules/', import.meta.url));

/** A program in a folder where `openai` is like none that there has been. */
async function programWithUnknown() {
  const folder = await mkdtemp(join(tmpdir(), 'agentops-unknown-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'openai'), { recursive: true });
  await symlink(join(INSTALLED, 'agentops'), join(modules, 'agentops'));
  const description = { name: 'openai', version: '99.0.0', type: 'module', exports: './index.js' };
  await writeFile(join(modules, 'openai/package.json'), JSON.stringify(description));
  await writeFile(
    join(modules, 'openai/index.js'),
    `export class OpenAI { ask() { return 'Warm.'; } }
export default OpenAI;`,
  );
  const path = join(folder, 'main.mjs');
  await writeFile(
    path,
    `import { init, session, shutdown } from 'agentops';
import OpenAI from 'openai';
await init({ exporters: [], instrumentations: JSON.parse(process.argv[2]) }).ready;
console.log(await session('ask', () => new OpenAI().ask()));
await shutdown();`,
  );
  return {
    path: relative(PROGRAMS, path),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

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
