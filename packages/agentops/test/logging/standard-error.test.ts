import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

const PROGRAM = fileURLToPath(new URL('../programs/logging.ts', import.meta.url));

/** The program with a standard error that is for the test to read, or not. */
function start(way: string) {
  return spawn(process.execPath, ['--conditions=@agentops/source', PROGRAM, way], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('log lines on standard error (T11, T13)', () => {
  it('are all there after a crash', async () => {
    const { code, stderr } = await runProgram('logging.ts', ['and crashes']);

    expect(code).toBe(1);
    expect(stderr.match(/"msg":"working"/g)).toHaveLength(100);
    expect(stderr).toContain('"msg":"last line"');
  });

  it('are all there after process.exit()', async () => {
    const { code, stderr } = await runProgram('logging.ts', ['and exits at once']);

    expect(code).toBe(3);
    expect(stderr).toContain('"msg":"last line"');
  });

  it('do not end a program whose standard error is closed', async () => {
    const child = start('to a reader that has gone');
    child.stderr.destroy();
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
  });

  it('do not hold up a program whose standard error nobody reads, nor fill its memory', async () => {
    const child = start('to a reader that sleeps');
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    child.stderr.destroy();
    const { waiting } = JSON.parse(stdout) as { waiting: number };

    expect(code).toBe(0);
    expect(waiting).toBeGreaterThan(100_000);
    expect(waiting).toBeLessThan(1_100_000);
  });
});
