import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServerStore } from '@agentops/server';
import { afterAll, describe, expect, it } from 'vitest';
import { agentops } from './agentops-process.ts';

describe('agentops keys (D5)', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'agentops-keys-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const keys = (...args: string[]) => agentops('keys', ...args, '--data-dir', dataDir);
  const projectOf = async (secret: string) => {
    const store = await openServerStore({ dataDir });
    const project = await store.keys.projectOf(secret);
    await store.close();
    return project;
  };

  it('creates a key that opens its project, lists it without its secret, and revokes it', async () => {
    expect((await keys('list')).stdout).toContain('There are no keys');

    const created = await keys('create', '--name', 'laptop', '--project', 'lights');
    expect(created.code).toBe(0);
    const [secret = ''] = /ao_\S+/.exec(created.stdout) ?? [];
    const [id = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(created.stdout) ?? [];
    expect(await projectOf(secret)).toBe('lights');

    const listed = await keys('list');
    expect(listed.stdout).toMatch(new RegExp(`${id} +lights +laptop +${secret.slice(0, 8)}… +\\S+Z$`, 'm'));
    expect(listed.stdout).not.toContain(secret);

    expect((await keys('revoke', id)).code).toBe(0);
    expect(await projectOf(secret)).toBeUndefined();
    expect((await keys('list')).stdout).toMatch(new RegExp(`${id} .+Z +\\S+Z$`, 'm'));
  });

  it('knows no key of another id', async () => {
    const { code, stderr } = await keys('revoke', 'nonsense');
    expect(code).toBe(1);
    expect(stderr).toContain('There is no key nonsense');
  });

  it('wants a name for a new key', async () => {
    const { code, stderr } = await keys('create');
    expect(code).toBe(1);
    expect(stderr).toContain("required option '--name <name>' not specified");
  });
});
