/** As much of a message broker as an example needs: AMQP 1.0 on loopback, one queue, kept in memory. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import rhea, { type EventContext, type Message, type Sender } from 'rhea';

export interface Broker {
  readonly port: number;
  close(): void;
}

export async function startBroker(): Promise<Broker> {
  const container = rhea.create_container();
  const waiting: Message[] = [];
  const receivers = new Set<Sender>();
  const deliver = (): void => {
    for (const receiver of receivers) {
      while (receiver.sendable() && waiting.length > 0) receiver.send(waiting.shift() as Message);
    }
  };
  container.on('sendable', ({ sender }: EventContext) => {
    if (sender !== undefined) receivers.add(sender);
    deliver();
  });
  container.on('sender_close', ({ sender }: EventContext) => {
    if (sender !== undefined) receivers.delete(sender);
  });
  container.on('message', ({ message }: EventContext) => {
    if (message !== undefined) waiting.push(message);
    deliver();
  });
  const server: Server = container.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
