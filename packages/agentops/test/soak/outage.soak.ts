import { afterEach, beforeEach, expect, it } from 'vitest';
import { Scene } from '../faults/scene.ts';
import { say } from './say.ts';

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});

afterEach(() => scene.close());

/** With everything at its default, one span a tenth of a second. */
const work = (seconds: number) => ({ rounds: seconds * 10, tools: 1, pause: 100 });

it('an endpoint that dies midway is sent everything when it returns after 30 s (T4)', async () => {
  let stopped = 0;
  let back = 0;
  void scene.endpoint
    .requests(1)
    .then(() => scene.stop())
    .then(() => {
      stopped = performance.now();
      return new Promise((resolve) => setTimeout(resolve, 30_000));
    })
    .then(() => scene.restart())
    .then(async () => {
      back = performance.now();
      await scene.endpoint.requests(1);
      say({
        'away for s': (back - stopped) / 1000,
        'sent to again after s': (performance.now() - back) / 1000,
      });
    });
  const { exit, stats } = await scene.run(work(60));
  say({ account: stats.agentops });

  expect(exit).toMatchObject({ code: 0, stderr: '' });
  expect(stats.agentops).toMatchObject({ ended: 601, delivered: 601, spooled: 0, dropped: {} });
  expect(new Set(scene.confirmed).size).toBe(601);
  expect(scene.confirmed).toHaveLength(601);
});

it('an endpoint that asks for 20 s is left alone for as long (T4)', async () => {
  scene.endpoint.answer({ status: 429, headers: { 'retry-after': '20' } });
  const { exit, stats } = await scene.run(work(30));
  const [first, second] = scene.endpoint.received;
  say({ 'asked again after s': ((second?.at ?? 0) - (first?.at ?? 0)) / 1000, account: stats.agentops });

  expect(exit).toMatchObject({ code: 0, stderr: '' });
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(20_000);
  expect(stats.agentops).toMatchObject({ ended: 301, delivered: 301, spooled: 0, dropped: {} });
  expect(scene.confirmed).toHaveLength(301);
});
