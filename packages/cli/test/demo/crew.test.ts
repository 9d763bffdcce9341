import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inquire } from '../../src/demo/crew.ts';
import { Library } from '../../src/demo/library.ts';
import { connectProviders } from '../../src/demo/providers.ts';

describe('the crew', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentops-library-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('answers from the documents it is given, with the played models too', async () => {
    writeFileSync(join(directory, 'oil-account-1901.txt'), 'Oil\nJanuary  10.5\nJuly  2\n');
    writeFileSync(join(directory, 'oil-account-1902.txt'), 'Oil\nJanuary  11\nJuly  40.25\n');
    writeFileSync(join(directory, 'letter.txt'), 'Sir,\nWe drew more oil because the\nclock had stopped.\n');
    const written: string[] = [];
    await using providers = await connectProviders({});
    const { answer } = await inquire('How much more oil was burnt in 1902 than in 1901, and why?', {
      providers,
      library: new Library(directory),
      onText: (text) => written.push(text),
    });
    expect(answer).toContain('1901: 12.5 litres (oil-account-1901.txt)');
    expect(answer).toContain('1902: 51.25 litres (oil-account-1902.txt)');
    expect(answer).toContain('Difference: 38.75 litres');
    expect(answer).toContain('because the clock had stopped');
    expect(written.length).toBeGreaterThan(1);
    expect(written.join('')).toBe(answer);
  });
});
