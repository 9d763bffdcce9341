import type { Client, LaneStats } from 'agentops';
import { expect } from 'vitest';

/** The account of one exporter, after checking that it adds up. */
export function accountOf(client: Client, exporter: string): LaneStats {
  const stats = client.stats().exporters[exporter];
  if (stats === undefined) throw new Error(`no exporter ${exporter}`);
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  expect(stats.ended + stats.recovered).toBe(stats.pending + stats.delivered + stats.spooled + dropped);
  return stats;
}
