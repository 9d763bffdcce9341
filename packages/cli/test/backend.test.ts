import { describe, expect, it } from 'vitest';
import { withoutPassword } from '../src/backend.ts';

describe('a database’s address as it is shown', () => {
  it.each([
    ['postgres://ada:secret@db:5432/agentops', 'postgres://ada:***@db:5432/agentops'],
    ['postgres://ada:s:e/c@one:5432,two:5432/agentops', 'postgres://ada:***@one:5432,two:5432/agentops'],
    [
      'postgres://db/agentops?password=secret&sslmode=require',
      'postgres://db/agentops?password=***&sslmode=require',
    ],
    ['postgresql://ada@db/agentops', 'postgresql://ada@db/agentops'],
  ])('hides the password of %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});
