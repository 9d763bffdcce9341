/** Each test file has a state directory of its own, so that none finds what another has spooled. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'agentops-state-'));
process.env.XDG_STATE_HOME = directory;

afterAll(() => rmSync(directory, { recursive: true, force: true }));
