import { relative } from 'node:path';

/** Where a value comes from. */
export type Source =
  | { readonly kind: 'code' }
  /** @property file The file whose content it is, where the variable names one. */
  | { readonly kind: 'environment'; readonly name: string; readonly file?: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'default' };

export type Path = readonly (string | number)[];

/** `code`, `AGENTOPS_BATCH_SIZE`, `/etc/agentops.yaml:4:11` or `default`. */
export function describeSource(source: Source, cwd?: string): string {
  switch (source.kind) {
    case 'environment':
      return source.file === undefined ? source.name : `${source.name} (${source.file})`;
    case 'file':
      return `${shortened(source.file, cwd)}:${source.line}:${source.column}`;
    default:
      return source.kind;
  }
}

function shortened(file: string, cwd: string | undefined): string {
  const path = cwd === undefined ? file : relative(cwd, file);
  return path.startsWith('..') ? file : path;
}

/** Where each value of a tree of options comes from. A value without an entry comes from where the nearest above it does. */
export class Sources {
  readonly #entries = new Map<string, { readonly path: Path; readonly source: Source }>();
  /** By list, which of the items that were written are gone, in ascending order. */
  readonly #removed = new Map<string, { readonly path: Path; readonly indices: readonly number[] }>();

  set(path: Path, source: Source): void {
    this.#entries.set(keyOf(path), { path, source });
  }

  of(path: Path): Source {
    for (let length = path.length; length >= 0; length -= 1) {
      const entry = this.#entries.get(keyOf(path.slice(0, length)));
      if (entry !== undefined) return entry.source;
    }
    return { kind: 'default' };
  }

  /** Marks as defaults what `filled` has and `given` had not, unless it is known where that comes from. */
  default(path: Path, filled: object, given: object): void {
    for (const key of Object.keys(filled)) {
      const own = [...path, key];
      const isKnown = [...this.#entries.values()].some((entry) => isBelow(entry.path, own));
      if (!(key in given) && !isKnown) this.set(own, { kind: 'default' });
    }
  }

  /** Forgets `path` and what lies below it. */
  delete(path: Path): void {
    for (const [key, entry] of this.#entries) if (isBelow(entry.path, path)) this.#entries.delete(key);
    for (const [key, list] of this.#removed) if (isBelow(list.path, path)) this.#removed.delete(key);
  }

  /** Takes over from `other` what it says of `path` and below. */
  copy(other: Sources, path: Path): void {
    this.delete(path);
    this.set(path, other.of(path));
    for (const [key, entry] of other.#entries) if (isBelow(entry.path, path)) this.#entries.set(key, entry);
    for (const [key, list] of other.#removed) if (isBelow(list.path, path)) this.#removed.set(key, list);
  }

  /** An item of the list at `path` is gone: those behind it move up. */
  removeItem(path: Path, index: number): void {
    this.#removed.set(keyOf(path), {
      path,
      indices: [...this.#removedFrom(path), this.#indexAsWritten(path, index)].sort((a, b) => a - b),
    });
    this.delete([...path, index]);
    for (const [key, { path: own, source }] of [...this.#entries]) {
      const at = own[path.length];
      if (!isBelow(own, path) || typeof at !== 'number' || at < index) continue;
      this.#entries.delete(key);
      this.set([...path, at - 1, ...own.slice(path.length + 1)], source);
    }
  }

  /** True where an item of the list at `path` is gone. */
  hasLost(path: Path): boolean {
    return this.#removed.has(keyOf(path));
  }

  /** `path` with the indices its items had where they were written, before others were taken out. */
  asWritten(path: Path): Path {
    return path.map((key, at) =>
      typeof key === 'number' ? this.#indexAsWritten(path.slice(0, at), key) : key,
    );
  }

  #indexAsWritten(list: Path, index: number): number {
    return this.#removedFrom(list).reduce(
      (shifted, gone) => (gone <= shifted ? shifted + 1 : shifted),
      index,
    );
  }

  #removedFrom(list: Path): readonly number[] {
    return this.#removed.get(keyOf(list))?.indices ?? [];
  }
}

function isBelow(path: Path, above: Path): boolean {
  return path.length >= above.length && above.every((key, index) => key === path[index]);
}

/** Keys of the user's own may hold dots. */
function keyOf(path: Path): string {
  return path.join('\0');
}
