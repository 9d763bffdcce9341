/** Items of a stream that are kept as its output. */
const MAX_KEPT_ITEMS = 1000;

/** The items a stream gave, as its output: texts joined, anything else as a list. */
export class StreamedOutput {
  readonly #items: unknown[] = [];

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get value(): unknown {
    return this.#items.every((item) => typeof item === 'string') ? this.#items.join('') : this.#items;
  }

  add(item: unknown): void {
    if (this.#items.length < MAX_KEPT_ITEMS) this.#items.push(item);
  }
}
