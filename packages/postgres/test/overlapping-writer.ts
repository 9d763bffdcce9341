/**
 * Run by tests as one of several processes: writes the spans of `spansOfAll` in batches of its own making, each span as
 * a live snapshot and as it ended, in any order and some of them again.
 */
import { openStore, postgresEngine } from '@agentops/postgres';
import { spansOfAll } from './overlapping-spans.ts';

const BATCHES = 40;
const SPANS_PER_BATCH = 60;

const store = await openStore({ engine: postgresEngine(process.argv[2] ?? ''), rollupInterval: 2 ** 31 - 1 });
const spans = spansOfAll();
const unsent = new Set(spans.keys());
for (let batch = 0; batch < BATCHES; batch++) {
  const indices = Array.from({ length: SPANS_PER_BATCH }, () => Math.floor(Math.random() * spans.length));
  // Every other batch is of finished spans alone, the others have snapshots among them.
  const rows = indices.flatMap((index) => {
    const span = spans[index];
    if (span === undefined) return [];
    if (batch % 2 === 1 && index % 3 === 0) return [{ ...span, end_time: null, attributes: { live: true } }];
    unsent.delete(index);
    return [span];
  });
  await store.write('p', rows);
}
await store.write(
  'p',
  [...unsent].flatMap((index) => spans[index] ?? []),
);
await store.close();
