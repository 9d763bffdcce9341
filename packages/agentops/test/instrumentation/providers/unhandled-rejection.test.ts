import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from './support/provider-case.ts';

const program = fileURLToPath(new URL('support/never-consumed.ts', import.meta.url));

describe.each(PROVIDERS)('$name: a promise that nobody awaits (P6)', ({ name }) => {
  it('still ends the program when it rejects', async () => {
    const [plain, instrumented] = await Promise.all([run(name, 'plain'), run(name, 'instrumented')]);

    expect(plain).toEqual({ code: 1, error: expect.stringMatching(/Connection error\.|fetch failed/) });
    expect(instrumented).toEqual(plain);
  });
});

/** Runs the program in a process of its own: its exit code and what the error that ended it said. */
async function run(provider: string, mode: string): Promise<{ code: unknown; error: string | undefined }> {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; error: string | undefined }>();
  const args = ['--conditions=@agentops/source', program, provider, mode];
  execFile(process.execPath, args, (failure, _stdout, stderr) => {
    resolve({ code: failure?.code, error: stderr.match(/^\S*Error: .*$/m)?.[0] });
  });
  return promise;
}
