import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../src/schema/statements.ts';

describe('D2: the statements of a script', () => {
  it('end at semicolons that are in no text, comment, name or body', () => {
    const statements = [
      "-- A comment; with one.\nSELECT 'a;b''c;' AS \"d;e\", 1 - 2 / 3;",
      '/* another; */ SELECT $1;',
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN; RETURN 1; '; END $body$;",
      'SELECT $$;$$;',
    ];
    expect(statementsOf(`${statements.join('\n\n')}\n-- the end; really\n`)).toEqual(statements);
    expect(statementsOf('SELECT 1')).toEqual(['SELECT 1']);
  });

  it('are all there is in every migration', async () => {
    const directory = new URL('../../migrations/', import.meta.url);
    for (const file of await readdir(directory)) {
      const sql = await readFile(new URL(file, directory), 'utf8');
      const statements = statementsOf(sql);
      expect(statements.join('').replaceAll(/\s/g, '')).toBe(sql.replaceAll(/\s/g, ''));
      for (const statement of statements) {
        expect(statement.replaceAll(/^--.*\n|^\n/gm, '')).toMatch(
          /^(CREATE|ALTER|COMMENT|INSERT|DROP|UPDATE|DELETE)\b[\s\S]*;$/,
        );
      }
    }
  });
});
