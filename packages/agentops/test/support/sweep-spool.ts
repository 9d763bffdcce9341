import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientStats, init, shutdown } from 'agentops';
import { expect } from 'vitest';

/**
 * Sends what processes that are gone have left in the spool of `directory`, as the next one does that starts, until nothing
 * is left; without a process more.
 *
 * @param check Is given the accounts of each client that sends.
 */
export async function sweepSpool(
  directory: string,
  endpoint: string,
  check: (stats: ClientStats) => void = () => {},
): Promise<void> {
  for (let times = 0; times < 10 && spoolFiles(directory).length > 0; times += 1) {
    const client = init({ endpoint, spool: { directory }, sampling: { rate: 0 }, logs: { level: 'silent' } });
    await client.flush();
    await shutdown();
    check(client.stats());
  }
  expect(spoolFiles(directory)).toEqual([]);
}

/** Of the exporter `agentops`; none where it has never spooled. */
function spoolFiles(directory: string): string[] {
  try {
    return readdirSync(join(directory, 'agentops'));
  } catch {
    return [];
  }
}
