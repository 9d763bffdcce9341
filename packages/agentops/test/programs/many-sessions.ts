/** Opens and ends sessions by the thousand and prints how much the heap grew after the first tenth, in bytes. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { ActionEvent, agent, init, record, session } from 'agentops';

const SESSIONS = 100_000;

const client = init({
  session: { mode: 'multi' },
  exporters: [
    {
      export: (_spans: unknown, done: (result: ExportResult) => void) =>
        done({ code: ExportResultCode.SUCCESS }),
      shutdown: async () => {},
    },
  ],
});

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

let warm = 0;
for (let n = 1; n <= SESSIONS; n += 1) {
  session('run', () => agent('worker', () => record(new ActionEvent({ actionType: 'step' }))));
  if (n % 1000 === 0) await client.flush();
  if (n === SESSIONS / 10) warm = heapUsed();
}
const grown = heapUsed() - warm;
const { openSessions, exporters } = client.stats();
console.log(JSON.stringify({ grown, openSessions, delivered: exporters.Object?.delivered }));
