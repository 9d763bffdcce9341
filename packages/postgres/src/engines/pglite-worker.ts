/** The thread PGlite runs in: a long query here never blocks the event loop that accepts spans. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import type { Answer, Request } from './pglite-thread.ts';

const port = parentPort as MessagePort;
const db = await PGlite.create({
  ...(workerData as { dataDir?: string }),
  parsers: { [types.INT8]: (digits) => digits },
});

async function answer(request: Request): Promise<unknown[]> {
  switch (request.does) {
    case 'query':
      return (await db.query(request.text, request.params)).rows;
    case 'exec':
      await db.exec(request.text);
      return [];
    case 'copy':
      await db.query(request.text, [], { blob: new Blob([request.data as Uint8Array<ArrayBuffer>]) });
      return [];
    case 'close':
      await db.close();
      return [];
  }
}

port.on('message', async (request: Request) => {
  let reply: Answer;
  try {
    const rows = await answer(request);
    reply = { id: request.id, rows, memory: db.closed ? 0 : db.Module.HEAPU8.byteLength };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    reply = { id: request.id, failure: { message, code } };
  }
  port.postMessage(reply);
});
