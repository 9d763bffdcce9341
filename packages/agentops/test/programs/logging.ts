/** Writes log lines and ends. Arguments: the way, and where log records go. It reports on standard output, which stays open. */
import { init, logger, shutdown } from 'agentops';

const [way, endpoint] = process.argv.slice(2) as [string, string | undefined];
init({
  exporters: [],
  batch: { interval: 60_000 },
  logs: { level: 'info', format: 'json', ...(endpoint !== undefined && { otlp: { endpoint } }) },
});

const ways: Record<string, () => unknown> = {
  'and crashes'() {
    for (let n = 0; n < 100; n += 1) logger.info({ n }, 'working');
    logger.error('last line');
    throw new Error('crash');
  },
  'and exits at once'() {
    logger.error('last line');
    process.exit(3);
  },
  'and runs out of work'() {
    logger.info('last line');
  },
  async 'to a reader that has gone'() {
    for (let n = 0; n < 3; n += 1) {
      logger.info({ n }, 'working');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await shutdown();
    console.log('done');
  },
  'to a reader that sleeps'() {
    const started = performance.now();
    for (let n = 0; n < 5000; n += 1) logger.info({ text: 'x'.repeat(1000) }, 'working');
    console.log(JSON.stringify({ waiting: process.stderr.writableLength, ms: performance.now() - started }));
    process.exit(0);
  },
};
await ways[way]?.();
