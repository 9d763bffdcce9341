/** `npm run bench NAME`: one benchmark of `bench/`, on the build. Further arguments go to it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { become, build, install, installIn, ROOT } from './workspace.mjs';

const [name, ...args] = process.argv.slice(2);
const names = readdirSync(join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** Directories with packages that one benchmark alone needs. */
const OWN_PACKAGES = { providers: ['bench/peers/opentelemetry-2', 'bench/peers/opentelemetry-3'] };

if (!names.includes(name)) {
  const isAsked = name === undefined;
  (isAsked ? process.stdout : process.stderr).write(
    `${isAsked ? '' : `There is no benchmark "${name}". `}npm run bench NAME, with one of: ${names.join(', ')}\n`,
  );
  process.exit(isAsked ? 0 : 1);
}
await install();
for (const directory of OWN_PACKAGES[name] ?? []) await installIn(directory);
await build();
await become('node', [`bench/${name}.ts`, ...args]);
