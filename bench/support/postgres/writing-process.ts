/** A process that exports spans of its own when it is told to: `fork` it with a URL and a number of spans. */
import { PostgresSpanExporter } from '@agentops/postgres';
import { cpuOfProcess } from './cpu.ts';
import { exportAll } from './export-all.ts';
import { makeSpans } from './spans.ts';

const [url = '', count = '0'] = process.argv.slice(2);
const exporter = new PostgresSpanExporter({ url, poolSize: 1 }, {});
// Warms everything up, and opens the connection.
for (let round = 0; round < 6; round++) await exportAll(exporter, makeSpans(5_000));

process.on('message', async (message) => {
  if (message === 'go') {
    const before = cpuOfProcess();
    await exportAll(exporter, spans);
    process.send?.({ cpu: cpuOfProcess() - before });
  } else {
    await exporter.shutdown();
    process.disconnect?.();
  }
});
const spans = makeSpans(Number(count));
process.send?.({ cpu: 0 });
