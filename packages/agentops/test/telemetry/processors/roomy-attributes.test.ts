import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { withRoom } from '../../../src/telemetry/processors/roomy-attributes.ts';

setFlagsFromString('--allow-natives-syntax');
/** False for an object that V8 keeps as a hash table. */
const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: object) => boolean;

describe('attributes with room for more (T1)', () => {
  it('stay quick with more of them than any span of ours has, in whatever order they come', () => {
    const names = Array.from({ length: 40 }, (_, index) => `attribute.${index}`);
    for (const order of [names, names.toReversed()]) {
      const attributes = withRoom({ first: true });
      for (const name of order) attributes[name] = name;
      expect(isFast(attributes)).toBe(true);
      expect(Object.keys(attributes)).toEqual(['first', ...order]);
    }
  });

  it('are plain objects', () => {
    const given = { text: 'a', list: ['b'] };
    const roomy = withRoom(given);
    expect(roomy).not.toBe(given);
    expect(Object.getPrototypeOf(roomy)).toBe(Object.prototype);
    expect(JSON.stringify(roomy)).toBe(JSON.stringify(given));
  });
});
