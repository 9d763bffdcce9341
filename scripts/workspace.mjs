/**
 * What the commands of a fresh machine share: packages installed, sources built, programs run on the pinned Node.
 * Runs on any Node >= 20 before anything is installed, so it uses nothing newer, and no package.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where the pinned Node and the other tools are, once installed. */
const TOOLS = join(ROOT, 'node_modules', '.bin');

/** What a build leaves behind; without it there was none. */
const BUILT = ['packages/cli/dist/main.js', 'packages/server/public/index.html'];

/** Its time of change is when the last complete build began. */
const BUILD_STAMP = join(ROOT, 'node_modules', '.last-build');

/** Installs the packages where they are missing or older than the lock file. */
export async function install() {
  const installed = timeOf(join(ROOT, 'node_modules', '.package-lock.json'));
  if (installed > timeOf(join(ROOT, 'package-lock.json'))) return;
  // Not `npm ci`: it begins by deleting the very Node that this may be running on, and refuses a lock file that was
  // written where the registry had not every platform's optional packages.
  await step('Installing packages', 'npm', ['install', '--no-save', '--no-audit', '--no-fund']);
}

/**
 * The same for a directory outside the workspaces, whose packages are for one purpose. Nothing of theirs is run meanwhile.
 *
 * @param directory Below the root.
 */
export async function installIn(directory) {
  const installed = timeOf(join(ROOT, directory, 'node_modules', '.package-lock.json'));
  if (installed > timeOf(join(ROOT, directory, 'package-lock.json'))) return;
  const options = ['--no-save', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  await step(`Installing packages of ${directory}`, 'npm', ['install', '--prefix', directory, ...options]);
}

/** Builds where a source is newer than the last build. */
export async function build() {
  const complete = BUILT.every((file) => existsSync(join(ROOT, file)));
  if (complete && timeOf(BUILD_STAMP) > newest(join(ROOT, 'packages'))) return;
  const began = new Date();
  await step('Building', 'npm', ['run', 'build']);
  writeFileSync(BUILD_STAMP, '');
  utimesSync(BUILD_STAMP, began, began);
}

/** Runs a command with its output folded into one line, unless it fails: then the output is shown and this process ends. */
export async function step(title, command, args) {
  process.stdout.write(`${title} … `);
  const began = Date.now();
  const child = launch(command, args, ['ignore', 'pipe', 'pipe']);
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  const code = await exitCode(child);
  if (code === 0) {
    process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1)} s\n`);
    return;
  }
  process.stdout.write(`failed: ${command} ${args.join(' ')}\n\n`);
  process.stdout.write(Buffer.concat(output));
  process.exit(code);
}

/** Runs a command in this process's place: its input, its output, its signals; then ends with its exit code. */
export async function become(command, args) {
  const child = launch(command, args, 'inherit');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.exit(await exitCode(child));
}

function launch(command, args, stdio) {
  const env = { ...process.env, PATH: `${TOOLS}${delimiter}${process.env.PATH}` };
  return spawn(command, args, { cwd: ROOT, env, stdio, shell: process.platform === 'win32' });
}

/** The child's exit code; where a signal ended it, what a shell would make of that. */
function exitCode(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function timeOf(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

/** Directories whose changes change no build: what is generated, and tests. */
const NO_SOURCES = new Set(['node_modules', 'dist', join('server', 'public'), 'test']);

/** The latest change of a source below a directory. */
function newest(directory, within = '') {
  return Math.max(
    0,
    ...readdirSync(directory, { withFileTypes: true }).map((entry) => {
      const path = join(within, entry.name);
      if (NO_SOURCES.has(entry.name) || NO_SOURCES.has(path) || entry.name.endsWith('.tsbuildinfo')) return 0;
      const full = join(directory, entry.name);
      return entry.isDirectory() ? newest(full, path) : timeOf(full);
    }),
  );
}
