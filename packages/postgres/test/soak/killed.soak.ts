import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { say } from '../../../agentops/test/soak/say.ts';
import { expectSessions, writeUntilKilled } from '../killed-writer.ts';

const KILLS = Number(process.env.SOAK_KILLS ?? 50);

it(`every acknowledged span survives ${KILLS} kills in the middle of writing, in one directory (D2)`, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentops-killed-'));
  const acknowledged: string[] = [];
  const openings: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    // At another moment each time: while it starts, within a transaction, between two, in a roll-up.
    const sessions = await writeUntilKilled(dataDir, 1 + Math.floor(Math.random() * 60));
    expect(sessions.length).toBeGreaterThan(0);
    acknowledged.push(...sessions);
    openings.push(await expectSessions(dataDir, sessions));
  }
  // What an earlier process was told must have survived every later kill too.
  await expectSessions(dataDir, acknowledged);
  await rm(dataDir, { recursive: true });
  openings.sort((a, b) => a - b);
  say({
    kills: KILLS,
    'acknowledged sessions': acknowledged.length,
    'ms to open, median': openings[openings.length >> 1],
    'ms to open, longest': openings.at(-1),
  });
});
