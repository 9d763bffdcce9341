import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAbandoned, isFileOf, newFileName, releasedName } from '../../../src/telemetry/spool/owner.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-owner-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** This process's name of a file with other words in the places given. */
function nameWith(changes: Readonly<Record<number, string>>): string {
  return newFileName('agentops')
    .split(',')
    .map((part, index) => changes[index] ?? part)
    .join(',');
}

function isAbandonedFile(name: string, untouchedMs = 0): boolean {
  const path = join(directory, name);
  writeFileSync(path, '');
  const touched = new Date(Date.now() - untouchedMs);
  utimesSync(path, touched, touched);
  return isAbandoned(path, name);
}

const HOST = 1;
const BOOT = 2;
const PID = 3;
const START = 4;

describe('a spool file', () => {
  it('stays with a process that lives, however long it is silent', () => {
    expect(isAbandonedFile(newFileName('agentops'), 3_600_000)).toBe(false);
  });

  it('is anyone’s once its owner has let go of it', () => {
    expect(isAbandonedFile(releasedName(newFileName('agentops')))).toBe(true);
  });

  it('is anyone’s when its owner is dead', async () => {
    const child = spawn(process.execPath, ['--eval', '']);
    await once(child, 'exit');

    expect(isAbandonedFile(nameWith({ [PID]: String(child.pid) }))).toBe(true);
  });

  it('is anyone’s when another process has the id of its owner', () => {
    expect(isAbandonedFile(nameWith({ [START]: '1' }))).toBe(true);
  });

  it('is anyone’s when the host has started anew', () => {
    expect(isAbandonedFile(nameWith({ [BOOT]: 'an-earlier-one' }))).toBe(true);
  });

  it('of another host is anyone’s after a minute of silence', () => {
    const name = nameWith({ [HOST]: 'elsewhere' });

    expect(isAbandonedFile(name, 50_000)).toBe(false);
    expect(isAbandonedFile(name, 70_000)).toBe(true);
  });

  it('belongs to one exporter alone', () => {
    expect(isFileOf('agentops', newFileName('agentops'))).toBe(true);
    expect(isFileOf('agentops', newFileName('agentops-2'))).toBe(false);
    expect(isFileOf('a,b', newFileName('a,b'))).toBe(true);
    expect(isFileOf('a', newFileName('a,b'))).toBe(false);
    expect(isFileOf('agentops', 'agentops,notes.txt')).toBe(false);
  });
});
