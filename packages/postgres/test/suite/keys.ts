import { describe, expect, it } from 'vitest';
import { newProject } from '../spans.ts';
import type { Stage } from '../store-suite.ts';

export function keysSuite(stage: Stage): void {
  const keys = () => stage.stores[0].keys;

  describe('D5: API keys', () => {
    it('opens the project of a key until it is revoked', async () => {
      const project = newProject();
      const { key, secret } = await keys().create(project, 'laptop');
      expect(key).toMatchObject({ project_id: project, name: 'laptop', revoked_at: null });
      expect(secret.startsWith(key.prefix)).toBe(true);
      expect(await stage.stores[1].keys.projectOf(secret)).toBe(project);

      expect(await keys().revoke(key.id)).toBe(true);
      expect(await stage.stores[1].keys.projectOf(secret)).toBeUndefined();
      const listed = (await keys().list()).find(({ id }) => id === key.id);
      expect(listed).toEqual({ ...key, revoked_at: expect.stringMatching(/^\d{4}-.{14}\.\d{9}Z$/) });
    });

    it('opens nothing with a secret it never gave out', async () => {
      const { secret } = await keys().create(newProject(), 'one');
      for (const wrong of ['', secret.slice(0, -1), `${secret}x`, secret.toUpperCase(), 'a\u0000b']) {
        expect(await keys().projectOf(wrong)).toBeUndefined();
      }
    });

    it('keeps no secret', async () => {
      const { secret } = await keys().create(newProject(), 'one');
      const [stored] = await stage.engine.query<{ text: string }>(
        `SELECT string_agg(to_jsonb(api_keys)::text || encode(secret_sha256, 'escape'), '') AS text FROM agentops.api_keys`,
      );
      expect(stored?.text).toContain(secret.slice(0, 8));
      expect(stored?.text).not.toContain(secret.slice(8));
    });

    it('says so where there is no key to revoke', async () => {
      expect(await keys().revoke('00000000-0000-0000-0000-000000000000')).toBe(false);
      expect(await keys().revoke('not an id')).toBe(false);
    });
  });
}
