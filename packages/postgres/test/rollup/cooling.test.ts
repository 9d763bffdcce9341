import { describe, expect, it } from 'vitest';
import { Cooling } from '../../src/rollup/cooling.ts';

describe('D1: a session that many spans are written to', () => {
  it('rests after a roll-up that took long, and others do not', () => {
    const cooling = new Cooling();
    const small = Array.from({ length: 100 }, (_, i) => ({ trace_id: `small-${i}`, spans: '20' }));
    cooling.learn([...small, { trace_id: 'hot', spans: '20000' }], 500);
    expect(cooling.resting()).toEqual(['hot']);
  });

  it('does not rest where its roll-up is quick', () => {
    const cooling = new Cooling();
    cooling.learn([{ trace_id: 'hot', spans: '20000' }], 5);
    expect(cooling.resting()).toEqual([]);
  });
});
