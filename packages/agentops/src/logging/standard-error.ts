import process from 'node:process';

/** Bytes that may wait for a reader of standard error; lines beyond are left out and counted. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Writes lines to standard error. On a pipe with room, a file or a terminal the line is out when `write` returns, so a
 * crash does not lose it; a reader that is slow is not waited for, and one that has gone is not written to any more.
 */
export class StandardError {
  #gone = false;
  #leftOut = 0;

  write(line: string): void {
    const { stderr } = process;
    if (this.#gone) return;
    if (stderr.writableLength > MAX_WAITING_BYTES) {
      this.#leftOut += 1;
      return;
    }
    const notice =
      this.#leftOut === 0
        ? ''
        : `agentops warn: ${this.#leftOut} log lines left out: standard error is read too slowly\n`;
    this.#leftOut = 0;
    stderr.write(`${notice}${line}\n`, (error) => {
      if (error != null) this.#giveUp();
    });
  }

  /** The stream emits the error of this write next. Unheard, it would end the program, for a line it never wrote. */
  #giveUp(): void {
    this.#gone = true;
    const ignore = (): void => {};
    process.stderr.on('error', ignore);
    setImmediate(() => process.stderr.removeListener('error', ignore)).unref();
  }
}
