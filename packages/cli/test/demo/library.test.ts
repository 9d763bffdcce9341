import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Library } from '../../src/demo/library.ts';
import { researchTools } from '../../src/demo/tools.ts';

const library = new Library(fileURLToPath(new URL('../../demo/documents', import.meta.url)));

const call = (name: string, args: Record<string, unknown>) =>
  researchTools(library)
    .find(({ definition }) => definition.function.name === name)
    ?.run(args);

describe('the tools of the demonstration', () => {
  it('list the documents that are shipped', async () => {
    expect(await call('list_documents', {})).toEqual(
      expect.arrayContaining(['logbook-1887.txt', 'oil-account-1886.txt', 'standing-orders.txt']),
    );
  });

  it('read one of them whole', async () => {
    expect(await call('read_document', { name: 'inventory-1887.txt' })).toMatch(
      /^SKARHOLM LIGHT\n[\s\S]+biscuit/,
    );
  });

  it.each(['oil-accounts.txt', '../question.txt', ''])('say what there is instead of %j', async (name) => {
    await expect(call('read_document', { name })).rejects.toThrow(
      /^There is no .*\. The documents are: inventory-1887\.txt, .*standing-orders\.txt$/,
    );
  });

  it('find the lines that hold every word, in any case and order', async () => {
    expect(await call('search_documents', { words: 'OIL more' })).toEqual([
      { document: 'letter-from-the-board.txt', line: 8, text: expect.stringContaining('more oil in 1887') },
      { document: 'letter-from-the-keeper.txt', line: 8, text: expect.stringContaining('more oil because') },
    ]);
  });

  it('calculate sums, means and differences', () => {
    expect(call('calculate', { operation: 'sum', numbers: [1, 2, 4.5] })).toBe(7.5);
    expect(call('calculate', { operation: 'mean', numbers: [1, 2, 4.5] })).toBe(2.5);
    expect(call('calculate', { operation: 'difference', numbers: [10, 2, 3] })).toBe(5);
  });

  it.each([
    { operation: 'sum', numbers: [] },
    { operation: 'sum', numbers: ['12'] },
    { operation: 'product', numbers: [2, 3] },
  ])('refuse %j with what is wrong', (args) => {
    expect(() => call('calculate', args)).toThrow(/^calculate: (numbers|operation) must be .+, not /);
  });
});
