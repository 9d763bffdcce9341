import { describe, expect, it } from 'vitest';
import { jsonPieces, readable } from '../../src/format/json.ts';

describe('readable values', () => {
  it('indents JSON, also where it comes as the text of a string', () => {
    expect(readable('{"query":"cells","limit":5}')).toEqual({
      text: '{\n  "query": "cells",\n  "limit": 5\n}',
      json: true,
    });
    expect(readable([1, 2]).text).toBe('[\n  1,\n  2\n]');
  });

  it('leaves every other text as it is: prose, bare numbers, JSON that was cut off', () => {
    for (const text of ['{not json}', '42', '"quoted"', '{"query":"cel', 'see [1] and {2}']) {
      expect(readable(text)).toEqual({ text, json: false });
    }
  });
});

describe('coloured JSON', () => {
  it('tells keys from values', () => {
    const pieces = jsonPieces('{"a": "b", "n": -1.5e3, "ok": true}').filter(({ type }) => type !== 'plain');
    expect(pieces.map(({ type, text }) => [type, text])).toEqual([
      ['key', '"a"'],
      ['string', '"b"'],
      ['key', '"n"'],
      ['number', '-1.5e3'],
      ['key', '"ok"'],
      ['word', 'true'],
    ]);
  });

  it.each(['{"quote": "say \\"true\\", 5", "slash": "\\\\"}', '{"cut": "off he', '', 'no JSON at all'])(
    'loses nothing of %s',
    (text) => {
      const pieces = jsonPieces(text);
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      for (const piece of pieces) expect(text.startsWith(piece.text, piece.at)).toBe(true);
    },
  );
});
