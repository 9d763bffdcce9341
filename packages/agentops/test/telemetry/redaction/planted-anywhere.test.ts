import { describe, expect, it } from 'vitest';
import { Reporter } from '../../../src/reporter.ts';
import { Redactor } from '../../../src/telemetry/redaction/redactor.ts';
import { PLANTED } from './planted.ts';

const ROUNDS = 3000;

/** The same numbers in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const PIECES = [
  ...'the cat sat on a mat and said: no = never; yes, "always" \\ \' ` / @ # [ ] { } ( ) - _ . é € 𝄞'.split(
    ' ',
  ),
  '\n',
  '\t',
  '\r\n',
  '\u0000',
  '\u2028',
  '"key": "',
  '\\"',
  '\\n',
  'token',
  'password',
  'eyJ',
  'sk-',
  '://',
  '-----BEGIN ',
  '4111',
  'a@b.example',
  '&lt;',
  '%20',
  '": ',
  '=',
  ':',
  '\\u0041',
  '{"a":[1,2,{"b":null}]}',
];

describe('a secret anywhere in any text (T8)', () => {
  const redactor = new Redactor({
    redact: ['secrets', 'emails', 'cards'],
    reporter: new Reporter({ level: 'silent' }),
  });

  it('is masked, and JSON around it stays JSON of the same shape', () => {
    const below = numbers(20_261_121);
    const text = (): string =>
      Array.from({ length: below(30) }, () => PIECES[below(PIECES.length)]).join(below(2) === 0 ? ' ' : '');
    for (let round = 0; round < ROUNDS; round += 1) {
      const planted = PLANTED[below(PLANTED.length)]!;
      const isUrl = planted.rule === 'url_password';
      const secret = planted.kept + planted.secret + (isUrl ? '@db' : '');
      // A word that runs into it would be another word.
      const content = `${text()} ${secret} ${text()}`;
      const nested = { a: content, password: text(), n: 17, list: [content, null] };
      const json = JSON.stringify([nested, { arguments: JSON.stringify(nested) }]);

      const masked = redactor.text(json);
      const inner = planted.secret.trim().slice(0, 24).split(/[\s,]/)[0]!;
      if (masked.includes(inner))
        throw new Error(`${JSON.stringify(inner)} is left of ${JSON.stringify(content)}`);
      const parsed = parse(masked, json);
      expect(Object.keys(parsed[0])).toEqual(['a', 'password', 'n', 'list']);
      expect(Object.keys(JSON.parse(parsed[1].arguments))).toEqual(['a', 'password', 'n', 'list']);
      expect(parsed[0].password).toBe(nested.password === '' ? '' : '[redacted]');
    }
  });

  it('is masked in texts that are no JSON, and no rule fails for any', () => {
    const below = numbers(4711);
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = Array.from({ length: below(40) }, () => PIECES[below(PIECES.length)]).join('');
      const planted = PLANTED[below(20)]!;
      expect(redactor.text(`${text} ${planted.kept}${planted.secret}`)).not.toContain(planted.secret);
    }
    expect(redactor.masks).not.toHaveProperty('failed');
  });
});

function parse(masked: string, json: string) {
  try {
    return JSON.parse(masked);
  } catch (cause) {
    throw new Error(`no JSON any more:\n${masked}\nwas:\n${json}`, { cause });
  }
}
