import { createHash, randomBytes } from 'node:crypto';
import type { Queryable } from './engines/engine.ts';
import type { ApiKey, ApiKeys } from './store.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

const SECRET_BYTES = 32;
const SECRET_PREFIX = 'ao_';
/** Enough to recognise a key by, far too little to guess it. */
const SHOWN_CHARACTERS = 8;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The API keys in the database. Secrets are 32 random bytes and stored as their SHA-256: looking a hash up reveals
 * nothing about the secret through timing, and a stolen table opens nothing.
 */
export function apiKeys(db: Queryable): ApiKeys {
  return {
    async create(projectId, name) {
      const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
      const [row] = await db.query<KeyRow>(
        `INSERT INTO agentops.api_keys (project_id, name, prefix, secret_sha256)
         VALUES ($1, $2, $3, decode($4, 'hex')) RETURNING ${COLUMNS}`,
        [projectId, name, secret.slice(0, SHOWN_CHARACTERS), sha256(secret)],
      );
      return { key: keyOf(row as KeyRow), secret };
    },
    async projectOf(secret) {
      const [row] = await db.query<{ project_id: string }>(
        `SELECT project_id FROM agentops.api_keys WHERE secret_sha256 = decode($1, 'hex') AND revoked_at IS NULL`,
        [sha256(secret)],
      );
      return row?.project_id;
    },
    async list() {
      const rows = await db.query<KeyRow>(
        `SELECT ${COLUMNS} FROM agentops.api_keys ORDER BY api_keys.created_at, id`,
      );
      return rows.map(keyOf);
    },
    async revoke(id) {
      if (!UUID.test(id)) return false;
      const rows = await db.query(
        'UPDATE agentops.api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id',
        [id],
      );
      return rows.length > 0;
    },
  };
}

type KeyRow = ApiKey;

const nanoseconds = (time: string): string => `(extract(epoch FROM ${time}) * 1000000000)::bigint AS ${time}`;

const COLUMNS = `id, project_id, name, prefix, ${nanoseconds('created_at')}, ${nanoseconds('revoked_at')}`;

function keyOf(row: KeyRow): ApiKey {
  return { ...row, created_at: isoTime(row.created_at), revoked_at: isoTimeOrNull(row.revoked_at) };
}

function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
