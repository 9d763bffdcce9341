/** A line that keeps coming is written the first time, then once in this many milliseconds with its count. */
const REPEAT_INTERVAL_MS = 60_000;

/** Different lines that are remembered at a time. */
const MAX_LINES = 100;

interface Line {
  readonly level: 'error' | 'warn';
  readonly message: string;
  /** Kind of the error the line is about. */
  readonly code: string;
  /** In ms of `performance.now()`: the clock of the wall may be set back by a day. */
  readonly quietUntil: number;
  /** How often it came since it was written. */
  readonly suppressed: number;
}

/** Lets a line through once a minute, and counts how often it would have come. */
export class RepeatedLines {
  #lines = new Map<string, Line>();

  /** The line to write, with the count of those held back; undefined where it was written not long ago. */
  admit({
    topic,
    ...line
  }: Pick<Line, 'level' | 'message' | 'code'> & { topic: string }): string | undefined {
    const time = performance.now();
    const key = `${line.code} ${topic}`;
    const seen = this.#lines.get(key);
    if (seen !== undefined && time < seen.quietUntil) {
      this.#lines.set(key, { ...seen, ...line, suppressed: seen.suppressed + 1 });
      return undefined;
    }
    if (seen === undefined && this.#lines.size >= MAX_LINES) this.#makeRoom();
    this.#lines.set(key, { ...line, quietUntil: time + REPEAT_INTERVAL_MS, suppressed: 0 });
    return withCount({ message: line.message, suppressed: seen?.suppressed ?? 0 });
  }

  /** The lines that were held back, each with its count, and forgets them. */
  drain(): readonly Pick<Line, 'level' | 'message' | 'code'>[] {
    const lines = [...this.#lines.values()].filter((line) => line.suppressed > 0);
    for (const [key, line] of this.#lines) this.#lines.set(key, { ...line, suppressed: 0 });
    return lines.map((line) => ({ ...line, message: withCount(line) }));
  }

  /** Forgets the oldest line that has nothing left to tell; where each has, the oldest of all. */
  #makeRoom(): void {
    const entries = [...this.#lines];
    const [key] = entries.find(([, line]) => line.suppressed === 0) ?? entries[0] ?? [];
    if (key !== undefined) this.#lines.delete(key);
  }
}

function withCount({ message, suppressed }: Pick<Line, 'message' | 'suppressed'>): string {
  if (suppressed === 0) return message;
  return `${message} (and ${suppressed} ${suppressed === 1 ? 'time' : 'times'} more in the last minute)`;
}
