import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What OpenLLMetry's packages are made with. */
const BASE = createRequire(
  createRequire(import.meta.url).resolve('@traceloop/instrumentation-langchain'),
).resolve('@opentelemetry/instrumentation');
const AGENTOPS = fileURLToPath(new URL('../../packages/agentops', import.meta.url));
const SDK_TRACE = fileURLToPath(new URL('../../node_modules/@opentelemetry/sdk-trace', import.meta.url));

const INSTRUMENTATION = `
const { InstrumentationBase, InstrumentationNodeModuleDefinition } = require(${JSON.stringify(BASE)});
exports.LampInstrumentation = class LampInstrumentation extends InstrumentationBase {
  constructor(config) { super('@traceloop/instrumentation-lamp', '1.0.0', config); }
  init() {
    const light = (original) => (...args) => {
      this.tracer.startSpan('light').end();
      return original(...args);
    };
    const patch = (lamp) => (this._wrap(lamp.Lamp.prototype, 'light', light), lamp);
    const unpatch = (lamp) => this._unwrap(lamp.Lamp.prototype, 'light');
    return new InstrumentationNodeModuleDefinition('lamp', [process.env.RANGE ?? '>=1 <2'], patch, unpatch);
  }
};
`;

const PROGRAM = `
const memory = new InMemorySpanExporter();
const client = init({ exporters: [memory], instrumentations: { openllmetry: 'auto' } });
const untouched = Lamp.prototype.light;
client.ready.then(async () => {
  const lit = await session('run', () => new Lamp().light());
  await client.flush();
  const spans = memory.getFinishedSpans().map(({ name }) => name);
  await shutdown();
  console.log(JSON.stringify({ lit, spans, restored: Lamp.prototype.light === untouched }));
});
`;

const FILES = {
  'node_modules/@traceloop/instrumentation-lamp/package.json': '{ "version": "1.0.0", "main": "index.js" }',
  'node_modules/@traceloop/instrumentation-lamp/index.js': INSTRUMENTATION,
  'node_modules/lamp/package.json':
    '{ "version": "1.4.0", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
  'node_modules/lamp/index.mjs': "export class Lamp { light() { return 'imported'; } }",
  'node_modules/lamp/index.cjs': "exports.Lamp = class Lamp { light() { return 'required'; } };",
  'main.mjs': `import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { init, session, shutdown } from 'agentops';
import { Lamp } from 'lamp';
${PROGRAM}`,
  'main.cjs': `const { Lamp } = require('lamp');
const { InMemorySpanExporter } = require('@opentelemetry/sdk-trace');
const { init, session, shutdown } = require('agentops');
${PROGRAM}`,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agentops-openllmetry-'));
  for (const [file, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  mkdirSync(join(folder, 'node_modules/@opentelemetry'));
  symlinkSync(AGENTOPS, join(folder, 'node_modules/agentops'));
  symlinkSync(SDK_TRACE, join(folder, 'node_modules/@opentelemetry/sdk-trace'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(file: string, { nodeOptions = [] as string[], env = {} } = {}) {
  const child = spawn(process.execPath, ['--conditions=@agentops/source', ...nodeOptions, file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { ...(output === '' ? {} : JSON.parse(output)), errors };
}

describe("a package of OpenLLMetry's, for a library that the program loads before init (P4)", () => {
  it.each([
    ['imports it', 'main.mjs', [], 'imported'],
    ['imports it, with the preload', 'main.mjs', ['--import', 'agentops/register'], 'imported'],
    ['requires it', 'main.cjs', [], 'required'],
  ])('a program that %s', async (_way, file, nodeOptions, lit) => {
    expect(await run(file, { nodeOptions })).toEqual({
      lit,
      spans: ['light', 'run'],
      restored: true,
      errors: '',
    });
  });

  it('leaves versions alone that it does not know, and says so', async () => {
    expect(await run('main.mjs', { env: { RANGE: '>=2' } })).toEqual({
      lit: 'imported',
      spans: ['run'],
      restored: true,
      errors: expect.stringMatching(
        /instrumentation-lamp for lamp failed: version 1\.4\.0 is not among >=2 /,
      ),
    });
  });
});
