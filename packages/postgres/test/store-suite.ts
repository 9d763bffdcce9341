import { type Engine, openStore, type SpanStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe } from 'vitest';
import { dumpsSuite } from './suite/dumps.ts';
import { keysSuite } from './suite/keys.ts';
import { limitsSuite } from './suite/limits.ts';
import { liveSuite } from './suite/live.ts';
import { maintenanceSuite, retentionSuite } from './suite/maintenance.ts';
import { migrationsSuite } from './suite/migrations.ts';
import { rollupsSuite } from './suite/rollups.ts';
import { sessionListSuite } from './suite/session-list.ts';
import { sessionsSuite } from './suite/sessions.ts';
import { statsSuite } from './suite/stats.ts';
import { usageSuite } from './suite/usage.ts';
import { viewsSuite } from './suite/views.ts';
import { writesSuite } from './suite/writes.ts';

/**
 * Makes a database without data, and where it is to be `empty` without a schema either; what it returns connects to it, as
 * often as it is called.
 */
export type NewDatabase = (state?: 'empty') => Promise<() => Engine>;

/** One database and what the tests do to it. Every test has a project of its own. */
export interface Stage {
  /** Two stores over the same database, as two processes have them. They roll up only what they are asked for. */
  stores: [SpanStore, SpanStore];
  /** The database itself, to look at what the stores made of it. */
  engine: Engine;
}

/** Roll-ups that nobody asks for never happen while a test runs. */
export const NEVER = 2 ** 31 - 1;

/** What every engine must do: the specification of the store, run against the databases that `newDatabase` makes. */
export function storeSuite(engineName: string, newDatabase: NewDatabase): void {
  describe(`the span store on ${engineName}`, () => {
    const stage = stageOn(newDatabase);

    writesSuite(stage);
    liveSuite(stage);
    rollupsSuite(stage);
    usageSuite(stage);
    sessionsSuite(stage);
    sessionListSuite(stage);
    statsSuite(stage);
    viewsSuite(stage);
    keysSuite(stage);
    maintenanceSuite(stage);
    limitsSuite(stage, newDatabase);
    dumpsSuite(newDatabase);
    migrationsSuite(newDatabase);
  });
  describe(`the span store on ${engineName}, by itself`, () => {
    retentionSuite(stageOn(newDatabase));
  });
}

/** Two stores over a database of the running suite's own. */
function stageOn(newDatabase: NewDatabase): Stage {
  const stage = {} as Stage;

  beforeAll(async () => {
    const connect = await newDatabase();
    const open = () => openStore({ engine: connect(), rollupInterval: NEVER });
    stage.stores = [await open(), await open()];
    stage.engine = connect();
  });

  afterAll(async () => {
    for (const store of stage.stores) await store.close();
    await stage.engine.close();
  });

  return stage;
}
