import { setTimeout as elapsed } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from '../src/engines/turns.ts';

describe('D2: turns on the one connection of the embedded database', () => {
  it('let a write wait for one read at most, and reads for one write each', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const take = (purpose: 'read' | 'write', name: string) =>
      turns.run(purpose, async () => {
        await elapsed(1);
        order.push(name);
      });
    void take('read', 'r1');
    for (const name of ['r2', 'r3', 'r4']) void take('read', name);
    for (const name of ['w1', 'w2']) void take('write', name);
    await turns.idle();
    expect(order).toEqual(['r1', 'w1', 'r2', 'w2', 'r3', 'r4']);
  });

  it('go on after work that failed, and hand its error to who asked', async () => {
    const turns = new Turns();
    const failing = turns.run('write', () => Promise.reject(new Error('no')));
    const next = turns.run('write', async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  it('are given up by those who have waited long enough', async () => {
    const turns = new Turns();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holder = turns.run('write', () => held);
    const impatient = () => new Error('busy');
    await expect(turns.run('read', async () => 1, { patience: 1, impatient })).rejects.toThrow('busy');
    release();
    await holder;
    expect(await turns.run('read', async () => 1, { patience: 1_000, impatient })).toBe(1);
  });
});
