import { expect, it } from 'vitest';
import { runProgram } from './support/program.ts';

it('a start over plain HTTP loads neither TLS nor `fetch`, whose loading takes longer than the rest', async () => {
  const exit = await runProgram('starting.ts');

  expect(exit).toEqual({ code: 0, signal: null, stdout: '["http"]\n', stderr: '' });
});
