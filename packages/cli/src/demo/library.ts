import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One line of one document. */
export interface Passage {
  readonly document: string;
  readonly line: number;
  readonly text: string;
}

/** A directory of plain-text documents. */
export class Library {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The documents' names, sorted. */
  async names(): Promise<string[]> {
    const files = await readdir(this.#directory);
    return files.filter((file) => file.endsWith('.txt')).sort();
  }

  /**
   * The whole text of one document.
   *
   * @throws Error that lists what there is, when no document has this name.
   */
  async read(name: string): Promise<string> {
    const names = await this.names();
    if (!names.includes(name)) throw new Error(`There is no ${name}. The documents are: ${names.join(', ')}`);
    return readFile(join(this.#directory, name), 'utf8');
  }

  /** The lines that hold every one of `words`, in upper or lower case. */
  async search(words: string): Promise<Passage[]> {
    const wanted = words.toLowerCase().split(/\s+/);
    const found = (await this.names()).map(async (document) =>
      (await this.read(document))
        .split('\n')
        .map((text, index) => ({ document, line: index + 1, text: text.trim() }))
        .filter(({ text }) => wanted.every((word) => text.toLowerCase().includes(word))),
    );
    return (await Promise.all(found)).flat();
  }
}
