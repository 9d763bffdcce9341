import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors and deployments write in several steps: the file is read when it has been quiet for this long. */
const QUIET_MS = 100;

/**
 * Calls back when the content of a file has changed. Watches its directory, not the file: editors replace it by a rename,
 * and Kubernetes replaces a directory that links lead through. Keeps no process alive.
 */
export class FileWatch {
  readonly #file: string;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #content: string | undefined;

  /** @param failed Called where the file cannot be watched. */
  constructor(file: string, changed: () => void, failed: (error: unknown) => void) {
    this.#file = file;
    this.#changed = changed;
    this.#failed = failed;
    this.#content = contentOf(file);
    for (const directory of new Set([dirname(file), dirname(realPathOf(file))])) this.#watch(directory);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => {
        if (name === null || this.#concerns(name)) this.#wait();
      });
      watcher.on('error', this.#failed);
      this.#watchers.push(watcher);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Names that begin with two dots are the links of Kubernetes' volumes. */
  #concerns(name: string): boolean {
    return (
      name === basename(this.#file) || name === basename(realPathOf(this.#file)) || name.startsWith('..')
    );
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), QUIET_MS).unref();
  }

  /** A file that is away for a moment is no change yet. */
  #look(): void {
    const content = contentOf(this.#file);
    if (content === undefined || content === this.#content) return;
    this.#content = content;
    this.#changed();
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
