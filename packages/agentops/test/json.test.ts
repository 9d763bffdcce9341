import { describe, expect, it } from 'vitest';
import { toJson } from '../src/json.ts';

const MIB = 1024 * 1024;

describe('JSON of anything (S6)', () => {
  it.each([
    ['a buffer', Buffer.alloc(10 * MIB), '[Buffer of 10485760 bytes]'],
    ['a typed array', new Float32Array(3), '[Float32Array of 12 bytes]'],
    ['a view', new DataView(new ArrayBuffer(8)), '[DataView of 8 bytes]'],
  ])('says the size of %s, wherever it stands', (_kind, view, text) => {
    expect(toJson(view)).toBe(JSON.stringify(text));
    expect(toJson({ in: [view] })).toBe(JSON.stringify({ in: [text] }));

    const cycle: Record<string, unknown> = { view };
    cycle.self = cycle;
    expect(toJson(cycle)).toBe(JSON.stringify({ view: text, self: '[Circular]' }));
  });

  it('does not read the bytes of a buffer that is the whole value', () => {
    const buffer = Buffer.from('secret');
    buffer.toJSON = () => {
      throw new Error('was read');
    };

    expect(toJson(buffer)).toBe('"[Buffer of 6 bytes]"');
  });

  it('keeps a value that only looks like the JSON of a buffer', () => {
    expect(toJson({ body: { type: 'Buffer', data: [1] } })).toBe('{"body":{"type":"Buffer","data":[1]}}');
  });

  it('makes name and message of an error', () => {
    expect(toJson([new RangeError('too far')])).toBe('[{"name":"RangeError","message":"too far"}]');
  });

  it.each([
    ['an error', new Error('private'), 'private'],
    ['what has no text', Object.create(null), 'unknown reason'],
  ])('says why a value cannot be read that throws %s', (_kind, thrown, reason) => {
    const hostile = {
      toJSON() {
        throw thrown;
      },
    };
    expect(toJson(hostile)).toBe(`"[not serialisable: ${reason}]"`);
  });
});
