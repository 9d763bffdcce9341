-- Keys of the projects. Only the SHA-256 of a secret is kept; equality of hashes is all a look-up compares.
CREATE TABLE agentops.api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  -- Unique, which is also the index that finds the project of a presented secret.
  secret_sha256 bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
