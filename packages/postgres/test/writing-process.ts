/** Run by tests as a process of its own: writes to the data directory it is given until it is killed. */

import { openStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { aSpan, traceIdAt } from './spans.ts';

const store = await openStore({ engine: pgliteEngine({ dataDir: process.argv[2] ?? '' }) });
for (;;) {
  const trace_id = traceIdAt(Date.now());
  const spans = Array.from({ length: 20 }, () => aSpan({ trace_id }));
  await store.write('p', spans);
  process.stdout.write(`${spans[0]?.session_id}\n`);
}
