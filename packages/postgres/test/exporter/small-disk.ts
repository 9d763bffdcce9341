import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';

/** Something that keeps the database from storing more, until it is freed. */
export interface SmallDisk {
  /** Makes the database that the test writes to. */
  newDatabase(administrator: Client, name: string): Promise<void>;
  /** Leaves no more than `bytes` free. */
  fill(database: Client, bytes: number): Promise<void>;
  free(database: Client): Promise<void>;
  remove(): void;
}

/** A file system of 64 MB in memory where the machine lets one be mounted; else a trigger that fails like a full disk. */
export function smallDisk(): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'agentops-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'none', directory], { stdio: 'ignore' });
  } catch {
    rmSync(directory, { recursive: true });
    return pretended();
  }
  // The server runs as this user where root starts it, and nobody else may mount.
  execFileSync('chown', ['postgres', directory]);
  const space = join(directory, 'space');
  execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', space]);
  const ballast = join(directory, 'ballast');
  return {
    async newDatabase(administrator, name) {
      await administrator.query(`CREATE TABLESPACE small LOCATION '${space}'`);
      await administrator.query(`CREATE DATABASE ${name} TABLESPACE small`);
    },
    async fill(_database, bytes) {
      const { bavail, bsize } = statfsSync(directory);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    async free() {
      truncateSync(ballast);
    },
    remove() {
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true });
    },
  };
}

function pretended(): SmallDisk {
  return {
    async newDatabase(administrator, name) {
      await administrator.query(`CREATE DATABASE ${name}`);
    },
    async fill(database) {
      await database.query(`
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
        END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON agentops.dirty_traces EXECUTE FUNCTION full_disk()`);
    },
    async free(database) {
      await database.query('DROP TRIGGER full_disk ON agentops.dirty_traces');
    },
    remove() {},
  };
}
