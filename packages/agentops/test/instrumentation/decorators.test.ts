import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { session, shutdown, tool } from 'agentops';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Library as LibraryClass } from '../fixtures/decorators/library.ts';
import { idOf, jsonOf, parentOf, startRecording } from '../support/recording.ts';

let Library: typeof LibraryClass;

// The compiler lowers the decorators, as it does in a user's project.
beforeAll(async () => {
  const project = fileURLToPath(new URL('../fixtures/decorators', import.meta.url));
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  execFileSync(process.execPath, [compiler, '-b', project], { stdio: 'pipe' });
  const built: string = '../fixtures/decorators/dist/library.js';
  ({ Library } = await import(built));
});

afterEach(() => shutdown());

describe('helpers as decorators (S6)', () => {
  it('name the work after the method, keep `this`, arguments and results', async () => {
    const recording = startRecording({ session: { autoStart: false } });
    expect(new Library().open(9)).toBe('open at 9 with dune and emma');

    const root = await recording.span('open');
    expect(root.attributes['agentops.session.end_state']).toBe('Success');
    expect(parentOf(await recording.span('invoke_agent librarian'))).toBe(idOf(root));
  });

  it('nest as the methods call each other, also asynchronously', async () => {
    const recording = startRecording();
    await expect(session('run', () => new Library().lend('emma'))).resolves.toBe('emma, shelf 1');

    const lend = await recording.span('invoke_workflow lend');
    const find = await recording.span('execute_tool find');
    expect(lend.attributes['library.desk']).toBe(2);
    expect(parentOf(await recording.span('guardrail check'))).toBe(idOf(lend));
    expect(parentOf(find)).toBe(idOf(lend));
    expect(jsonOf(find, 'gen_ai.tool.call.arguments')).toBe('emma');
  });

  it('pass on what a method throws', async () => {
    const recording = startRecording();
    await expect(session('run', () => new Library().lend('ulysses'))).rejects.toThrow(
      new RangeError('no ulysses'),
    );

    expect((await recording.span('guardrail check')).status.message).toBe('no ulysses');
  });

  it('follow generators and async generators to their end', async () => {
    const recording = startRecording();
    const library = new Library();
    await session('run', async () => {
      expect([...library.titles()]).toEqual(['dune', 'emma']);
      expect(await Array.fromAsync(library.pages(3))).toEqual([1, 2, 3]);
    });

    expect(jsonOf(await recording.span('task titles'), 'event.data')).toMatchObject({ returns: 'duneemma' });
    expect(jsonOf(await recording.span('action pages'), 'event.data')).toMatchObject({ returns: [1, 2, 3] });
  });

  it('work on static and private methods', async () => {
    const recording = startRecording();
    session('run', () => {
      const library = new Library();
      expect(Library.count(library)).toBe(2);
      expect(library.secret()).toBe('behind the shelf');
    });

    expect((await recording.spans()).map((span) => span.name)).toEqual([
      'execute_tool count',
      'execute_tool #secret',
      'run',
    ]);
  });

  it.each(['find', Symbol('find')])('refuse at once to decorate %s in the legacy way', async (key) => {
    const recording = startRecording();
    class Library {
      find(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Library.prototype, 'find');
    const targets = [Library.prototype, Library];
    const decorators: unknown[] = [tool, tool('search'), tool({ name: 'search' })];
    for (const decorate of decorators as ((...args: unknown[]) => unknown)[]) {
      for (const target of targets) {
        expect(() => decorate(target, key, descriptor)).toThrow(
          /needs TC39 decorators; remove experimentalDecorators from tsconfig/,
        );
      }
    }

    expect(await recording.spans()).toEqual([]);
  });
});
