import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { ClientBase, Submittable } from 'pg';
import type { Chunks } from './engine.ts';

/** Work without a pause. */
const SLICE_MS = 1;

/** What `pg` hands a query of one's own to talk through. */
interface Wire {
  readonly stream: Socket;
  query(text: string): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * Sends `chunks` to `COPY … FROM STDIN` and resolves when the server has taken all of them. Gives the event loop a turn
 * every few chunks and waits while the socket is full, so a chunk is made only when there is room for it.
 */
export async function copyIn(client: ClientBase, sql: string, chunks: Chunks): Promise<void> {
  const copy = new CopyIn(sql);
  client.query(copy);
  const wire = await copy.started;
  try {
    let began = performance.now();
    const iterator = chunks[Symbol.iterator]();
    for (let next = iterator.next(); !next.done && !copy.settled; ) {
      send(next.value, wire.stream);
      const isSent = wire.stream.writableLength === 0;
      if (!isSent || performance.now() - began >= SLICE_MS) {
        await (isSent ? turn() : roomFor(wire.stream, copy));
        began = performance.now();
      }
      next = iterator.next(isSent);
    }
    if (!copy.settled) wire.endCopyFrom();
  } catch (error) {
    if (!copy.settled) wire.sendCopyFail('the sender could not go on');
    await copy.ended.catch(() => {});
    throw error;
  }
  await copy.ended;
}

const COPY_DATA = 0x64;

/** One message: https://www.postgresql.org/docs/current/protocol-message-formats.html. `pg` would copy the chunk into another buffer. */
function send(chunk: Buffer, socket: Socket): void {
  if (!socket.writable) return;
  const head = Buffer.allocUnsafe(5);
  head[0] = COPY_DATA;
  head.writeInt32BE(chunk.length + 4, 1);
  socket.cork();
  socket.write(head);
  socket.write(chunk);
  socket.uncork();
}

async function roomFor(socket: Socket, copy: CopyIn): Promise<void> {
  if (!socket.writableNeedDrain) return turn();
  const waiting = new AbortController();
  // A connection that is lost never drains.
  await Promise.race([once(socket, 'drain', waiting), copy.ended]).catch(() => {});
  waiting.abort();
}

/** The protocol's copy-in mode as a query that `pg` runs: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY */
class CopyIn implements Submittable {
  readonly #sql: string;
  readonly #started = Promise.withResolvers<Wire>();
  readonly #ended = Promise.withResolvers<void>();
  settled = false;

  constructor(sql: string) {
    this.#sql = sql;
    this.started.catch(() => {});
    this.ended.catch(() => {});
  }

  /** Resolves when the server asks for the data. */
  get started(): Promise<Wire> {
    return this.#started.promise;
  }

  /** Resolves when the server has taken the data, rejects when it refused or was lost. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  // The methods below are called by `pg`.

  submit(wire: unknown): void {
    (wire as Wire).query(this.#sql);
  }

  handleCopyInResponse(wire: Wire): void {
    this.#started.resolve(wire);
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.settled = true;
    this.#started.reject(error);
    this.#ended.reject(error);
  }

  handleReadyForQuery(): void {
    this.settled = true;
    this.#ended.resolve();
  }
}
