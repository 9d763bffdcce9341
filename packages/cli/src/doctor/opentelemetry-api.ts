import { relative } from 'node:path';
import { type Check, failure, ok, warning } from './check.ts';
import type { InstalledPackage } from './packages.ts';

const NAME = '@opentelemetry/api';
const SUBJECT = 'OpenTelemetry API';

/** What the SDK needs. */
const OLDEST = { major: 1, minor: 10 };

/**
 * Copies of the API find each other through one global object, if the one that registers is of the same major version
 * and no older than the one that asks. Else the program's spans and ours silently go separate ways.
 */
export function checkApi(packages: readonly InstalledPackage[], directory: string): Check {
  const copies = packages.filter(({ name }) => name === NAME);
  const list = copies.map(({ version, path }) => `${version} in ${relative(directory, path)}`).join(', ');
  const versions = [...new Set(copies.map(({ version }) => version))];
  const [first] = versions;
  if (first === undefined) {
    return warning(SUBJECT, 'not installed in this project', `Install it: npm install ${NAME}`);
  }
  const old = copies.filter(({ version }) => !isNewEnough(version));
  if (old.length === copies.length) {
    return failure(
      SUBJECT,
      `too old: ${list}`,
      `Update it: npm install ${NAME}@^${OLDEST.major}.${OLDEST.minor}`,
    );
  }
  if (new Set(versions.map((version) => Number.parseInt(version, 10))).size > 1) {
    return failure(
      SUBJECT,
      `copies of different major versions do not know of each other: ${list}`,
      `Find who brings the other (npm ls ${NAME}) and update that, or set "overrides" in package.json.`,
    );
  }
  if (versions.length > 1) {
    return warning(
      SUBJECT,
      `${copies.length} copies of different versions: ${list}`,
      `One that is newer than the copy that registered the provider records nothing. Make it one: npm dedupe, or "overrides" in package.json.`,
    );
  }
  return ok(
    SUBJECT,
    copies.length === 1 ? first : `${first}, ${copies.length} copies of one version, which is no harm`,
  );
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}
