import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ARROWS, forbiddenDependencies, forbiddenImports, type Manifest } from './arrows.ts';

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url));

const packages = readdirSync(PACKAGES).map((name) => {
  const directory = join(PACKAGES, name);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  const files = globSync('src/**/*.{ts,tsx}', { cwd: directory }).map((path) => ({
    path,
    text: readFileSync(join(directory, path), 'utf8'),
  }));
  return { manifest, files };
});

describe('who imports whom', () => {
  it('is said for every package, and for nothing else', () => {
    expect(packages.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(ARROWS).sort());
  });

  it.each(packages)('$manifest.name imports and depends on no package it may not', ({ manifest, files }) => {
    expect(files.length).toBeGreaterThan(0);
    expect(forbiddenDependencies(manifest)).toEqual([]);
    expect(files.flatMap((file) => forbiddenImports(manifest.name, file))).toEqual([]);
  });
});

describe('a forbidden import is found', () => {
  const problemsOf = (from: string, text: string) => forbiddenImports(from, { path: 'src/file.ts', text });

  it.each([
    ['agentops', "import { openStore } from '@agentops/postgres';"],
    ['agentops', "const server = await import('@agentops/server');"],
    ['@agentops/otlp', "export type { SpanStore } from '@agentops/postgres';"],
    ['@agentops/model-server', "import 'agentops';"],
    ['@agentops/postgres', "import {\n  type Session,\n  session,\n} from 'agentops';"],
    ['@agentops/server', "export * from '@agentops/cli';"],
    ['@agentops/dashboard', "import { startServer } from '@agentops/server';"],
    ['@agentops/dashboard', "import { type ApiError } from '@agentops/server/api';"],
    ['@agentops/cli', "import { openStore } from '@agentops/postgres';"],
    ['@agentops/cli', "import { decode } from '../../otlp/src/index.ts';"],
  ])('in %s: %s', (from, text) => {
    expect(problemsOf(from, text)).toHaveLength(1);
  });

  it.each([
    ['agentops', "const { openStore } = await import('@agentops/postgres');"],
    ['@agentops/postgres', "import type { SpanRow } from '@agentops/otlp';"],
    ['@agentops/server', "const { pgliteEngine } = await import('@agentops/postgres/pglite');"],
    ['@agentops/dashboard', "import type { ApiError } from '@agentops/server/api';"],
    ['@agentops/otlp', "/**\n * import { init } from 'agentops';\n */\nimport { Writer } from 'protobufjs';"],
    ['@agentops/otlp', "import { toHex } from '../hex.ts';"],
  ])('but not an allowed one, in %s: %s', (from, text) => {
    expect(problemsOf(from, text)).toEqual([]);
  });

  it('in the dependencies of a package too', () => {
    const manifest = { name: '@agentops/otlp', dependencies: { agentops: '0.1.0', protobufjs: '8.8.1' } };
    expect(forbiddenDependencies(manifest)).toEqual([
      "@agentops/otlp/package.json: depends on 'agentops', which it may not import",
    ]);
  });
});
