import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Work } from '../programs/working.ts';
import { OtlpEndpoint } from '../support/otlp-endpoint.ts';
import type { Exit } from '../support/program.ts';
import { Scene } from './scene.ts';

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.open();
});

afterEach(() => scene.close());

/** Attempts in quick succession; one that hangs is given up after a minute only. */
const OPTIONS = {
  batch: { size: 4, interval: 5, timeout: 60_000 },
  retry: { initial: 20, max: 50, attempts: 3 },
} as const;

/** Three rounds of four tools, and the session. */
const SPANS = 13;

interface Fault {
  readonly name: string;
  /** What befalls the endpoint before the program starts; what it returns is awaited while the program runs. */
  readonly befall: () => Promise<void> | void;
  /** Default: what the fault leaves behind. */
  readonly heal?: () => Promise<void> | void;
  /** Spans that the endpoint has refused for good. */
  readonly refused?: number;
  readonly work?: Work;
}

const healthy = (): void => {
  scene.endpoint.otherwise = () => ({});
};

const FAULTS: readonly Fault[] = [
  { name: 'is down from the start', befall: () => scene.stop(), heal: () => scene.restart() },
  {
    name: 'dies midway and returns',
    befall: () => {
      void scene.endpoint
        .requests(1)
        .then(() => scene.stop())
        .then(() => new Promise((resolve) => setTimeout(resolve, 100)))
        .then(() => scene.restart());
    },
    work: { rounds: 3, pause: 150 },
  },
  {
    name: 'dies midway and stays away',
    befall: () => {
      void scene.endpoint.requests(1).then(() => scene.stop());
    },
    heal: () => scene.restart(),
    work: { rounds: 3, pause: 100 },
  },
  {
    name: 'answers 429 with Retry-After',
    befall: () => scene.endpoint.answer({ status: 429, headers: { 'retry-after': '1' } }),
  },
  {
    name: 'goes on answering 503',
    befall: () => {
      scene.endpoint.otherwise = () => ({ status: 503 });
    },
  },
  { name: 'answers 500 once', befall: () => scene.endpoint.answer({ status: 500 }), refused: 4 },
  { name: 'answers 400 once', befall: () => scene.endpoint.answer({ status: 400 }), refused: 4 },
  {
    name: 'finds every batch too large',
    befall: () => {
      scene.endpoint.maxBytes = 3000;
    },
  },
  {
    name: 'resets connections',
    befall: () => scene.endpoint.answer({ reset: true }, {}, { reset: true }),
  },
  {
    name: 'goes on resetting connections',
    befall: () => {
      scene.endpoint.otherwise = () => ({ reset: true });
    },
  },
  {
    name: 'accepts and hangs',
    befall: () => {
      scene.endpoint.otherwise = () => new Promise(() => {});
    },
  },
];

describe('an endpoint that fails (T4, T5, T13)', () => {
  let without: Exit;

  beforeAll(async () => {
    const undisturbed = await Scene.open();
    without = await undisturbed.without({});
    await undisturbed.close();
    expect(without).toMatchObject({ code: 0, stdout: 'last line\n', stderr: '' });
  });

  it.each(FAULTS)('$name', async ({ befall, heal = healthy, refused = 0, work = {} }) => {
    const whole: Work = { options: OPTIONS, ...work };
    await befall();
    const began = performance.now();
    const { exit, stats } = await scene.run(whole);
    // Five seconds are the deadline of the shutdown; the rest is the start of a process on a busy machine.
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(exit).toEqual(without);
    expect(stats.agentops?.ended).toBe(SPANS);
    await heal();
    await scene.sweep();

    expect(new Set(scene.confirmed).size).toBe(SPANS - refused);
    expect(scene.confirmed).toHaveLength(SPANS - refused);
    expect(stats.agentops?.dropped).toEqual(refused === 0 ? {} : { export_failed: refused });
  });

  it.each([
    ['process.exit(3)', { code: 3 }],
    ['SIGTERM', { signal: 'SIGTERM' }],
    ['uncaught', { code: 1 }],
  ] as const)('does not change the end by %s, though it hangs', async (end, ending) => {
    const work: Work = { options: OPTIONS, end };
    const silent = await scene.without(work);
    scene.endpoint.otherwise = () => new Promise(() => {});
    const { exit } = await scene.run(work);
    expect(silent).toMatchObject(ending);
    expect(exit).toEqual(silent);
    healthy();
    await scene.sweep();

    expect(new Set(scene.confirmed).size).toBe(SPANS);
  });

  it('and is slow holds up no other', async () => {
    const fast = await OtlpEndpoint.start();
    scene.endpoint.otherwise = () => new Promise((resolve) => setTimeout(() => resolve({}), 200));
    const exporters = [{ type: 'agentops' }, { type: 'agentops', endpoint: fast.url }] as const;
    const { stats } = await scene.run({ options: { ...OPTIONS, exporters } });
    expect(stats.agentops).toMatchObject({ delivered: SPANS, dropped: {} });
    expect(stats['agentops-2']).toMatchObject({ delivered: SPANS, dropped: {} });

    // Batch for batch: the fast one has its last before the slow one its third.
    expect(fast.received.at(-1)?.at).toBeLessThan(scene.endpoint.received[2]?.at ?? 0);
    await fast.stop();
  });
});

describe('a program out of the ordinary (T4, T13)', () => {
  it('has results of a megabyte', async () => {
    const { stats } = await scene.run({ tools: 8, bytes: 1_000_000 });
    await scene.sweep();

    expect(stats.agentops).toMatchObject({ ended: 25, dropped: {} });
    expect(new Set(scene.confirmed).size).toBe(25);
    for (const { bytes } of scene.endpoint.received) expect(bytes).toBeLessThan(4 * 1024 * 1024);
  });

  it('records 100,000 spans in a burst', { timeout: 180_000 }, async () => {
    const { stats } = await scene.run({ rounds: 1, tools: 100_000 });
    await scene.sweep();

    expect(stats.agentops).toMatchObject({ ended: 100_001, dropped: {} });
    expect(new Set(scene.confirmed).size).toBe(100_001);
  });

  it('sets the clock back', async () => {
    scene.endpoint.answer(...Array(4).fill({ status: 503, headers: { 'retry-after': '1' } }));
    const retry = { initial: 20, max: 50, attempts: 1 };
    const { stats } = await scene.run({ options: { ...OPTIONS, retry }, clock: 'set back', pause: 50 });
    await scene.sweep();

    expect(stats.agentops).toMatchObject({ ended: SPANS, dropped: {} });
    expect(scene.confirmed).toHaveLength(SPANS);
  });
});
