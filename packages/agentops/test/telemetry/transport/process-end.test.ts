import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Authority } from '../../support/certificates.ts';

const PROGRAM = fileURLToPath(new URL('../../programs/hanging-request.ts', import.meta.url));
const authority = new Authority('Test Authority');

describe('a request that is never answered (T5)', () => {
  it.each([
    ['http', 'http'],
    ['http', 'https'],
    ['grpc', 'http'],
    ['grpc', 'https'],
  ])('does not keep the process alive: %s at %s://', async (transport, scheme) => {
    const begun = Promise.withResolvers<Socket>();
    // Reads the beginning of a request and leaves the rest in the network.
    const onConnection = (socket: Socket): void => {
      socket.on('error', () => {});
      socket.once('data', () => begun.resolve(socket.pause()));
    };
    const server =
      scheme === 'http'
        ? createServer(onConnection)
        : createTlsServer(
            { ...authority.issue('server', ['127.0.0.1']), ALPNProtocols: ['h2', 'http/1.1'] },
            onConnection,
          );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const program = spawn(
      process.execPath,
      [PROGRAM, transport, `${scheme}://127.0.0.1:${port}/x`, authority.cert],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    const socket = await begun.promise;
    program.stdin.end('go');
    const [output, [code]] = await Promise.all([text(program.stdout), once(program, 'close')]);
    socket.destroy();
    server.close();

    expect({ output, code }).toEqual({ output: '', code: 0 });
  });
});
