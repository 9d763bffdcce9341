import { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import {
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerOptions,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';

export const KINDS = ['unary', 'clientStream', 'serverStream', 'bidi'] as const;
export type Kind = (typeof KINDS)[number];

/** What the service is to do with a call. */
export type Wish = 'answer' | 'refuse' | 'break' | 'hang';

interface Message {
  readonly wish: Wish;
  readonly text: string;
}

const encode = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));
const decode = (bytes: Buffer): Message => JSON.parse(bytes.toString()) as Message;

const pathOf = (kind: Kind): string => `/test.Echo/${kind}`;

const method = (kind: Kind) => ({
  path: pathOf(kind),
  requestStream: kind === 'clientStream' || kind === 'bidi',
  responseStream: kind === 'serverStream' || kind === 'bidi',
  requestSerialize: encode,
  requestDeserialize: decode,
  responseSerialize: encode,
  responseDeserialize: decode,
});

/** What runs for each call, in the context that its handler has. */
export type Work = (metadata: Metadata) => unknown;

const REFUSED = { code: status.NOT_FOUND, details: 'no such lamp' };
const BROKEN = { code: status.INTERNAL, details: 'the wick is broken' };

/** A service of gRPC's own library on loopback that answers all four kinds of calls as it is told. */
export class GrpcService {
  readonly port: number;
  /** Resolves with the next cancellation a handler is told of. */
  cancelled = Promise.withResolvers<void>();
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(work: Work, options: ServerOptions = {}, address = '127.0.0.1:0'): Promise<GrpcService> {
    const server = new Server(options);
    let service: GrpcService | undefined;
    const told = (call: { once(event: 'cancelled', listener: () => void): unknown }): void => {
      call.once('cancelled', () => service?.cancelled.resolve());
    };
    const answerOnce = async (
      call: { readonly metadata: Metadata },
      { wish, text }: Message,
      done: sendUnaryData<unknown>,
    ): Promise<void> => {
      await work(call.metadata);
      if (wish === 'answer') done(null, { text: `${text}!` });
      else if (wish !== 'hang') done(wish === 'refuse' ? REFUSED : BROKEN);
    };
    const answerMany = async (
      call: ServerWritableStream<Message, unknown> | ServerDuplexStream<Message, unknown>,
      { wish, text }: Message,
    ): Promise<void> => {
      await work(call.metadata);
      call.write({ text: `${text}!` });
      if (wish === 'answer') {
        call.write({ text: `${text}?` });
        call.end();
      } else if (wish !== 'hang') call.emit('error', wish === 'refuse' ? REFUSED : BROKEN);
    };
    const first = async (call: AsyncIterable<Message>): Promise<Message> => {
      let last: Message = { wish: 'answer', text: 'nothing' };
      for await (const message of call) {
        last = message;
        if (message.wish === 'hang') break;
      }
      return last;
    };
    server.addService(Object.fromEntries(KINDS.map((kind) => [kind, method(kind)])), {
      unary(call: ServerUnaryCall<Message, unknown>, done: sendUnaryData<unknown>) {
        told(call);
        void answerOnce(call, call.request, done);
      },
      clientStream(call: ServerReadableStream<Message, unknown>, done: sendUnaryData<unknown>) {
        told(call);
        first(call).then(
          (message) => answerOnce(call, message, done),
          () => {},
        );
      },
      serverStream(call: ServerWritableStream<Message, unknown>) {
        told(call);
        void answerMany(call, call.request);
      },
      bidi(call: ServerDuplexStream<Message, unknown>) {
        told(call);
        call.once('data', (message: Message) => void answerMany(call, message));
        call.on('error', () => {});
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    service = new GrpcService(server, port);
    return service;
  }

  client(options: ClientOptions = {}, host = '127.0.0.1'): GrpcCaller {
    return new GrpcCaller(`${host}:${this.port}`, options);
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

/** Who gives a call up, and when. */
export interface CallOptions {
  readonly wish?: Wish;
  readonly metadata?: Metadata;
  readonly timeoutMs?: number;
  /** Cancels when this resolves. */
  readonly cancelOn?: Promise<unknown>;
  /** Called with everything the call tells. */
  readonly onTold?: (what: string) => void;
}

/** A client of the service that writes down everything that its calls tell. */
export class GrpcCaller {
  readonly #client: Client;

  constructor(address: string, options: ClientOptions) {
    this.#client = new Client(address, credentials.createInsecure(), options);
  }

  close(): void {
    this.#client.close();
  }

  /** Resolves when there is a connection. */
  ready(): Promise<void> {
    return promisify(this.#client.waitForReady.bind(this.#client))(Date.now() + 20_000);
  }

  /** Resolves when the call is over, with what it told. */
  call(kind: Kind, { wish = 'answer', ...options }: CallOptions = {}): Promise<string[]> {
    const { metadata = new Metadata(), timeoutMs, cancelOn, onTold } = options;
    const told: string[] = [];
    const over = Promise.withResolvers<string[]>();
    const tell = (what: string): void => {
      told.push(what);
      onTold?.(what);
    };
    const done = (
      error: { code?: number; details?: string; message: string } | null,
      value?: unknown,
    ): void => {
      tell(error === null ? `answer ${JSON.stringify(value)}` : `error ${error.message}`);
    };
    const deadline = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
    const message = { wish, text: 'light' };
    const { path, requestSerialize, responseDeserialize } = method(kind);
    const call = {
      unary: () =>
        this.#client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          message,
          metadata,
          deadline,
          done,
        ),
      clientStream: () =>
        this.#client.makeClientStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          metadata,
          deadline,
          done,
        ),
      serverStream: () =>
        this.#client.makeServerStreamRequest(
          path,
          requestSerialize,
          responseDeserialize,
          message,
          metadata,
          deadline,
        ),
      bidi: () =>
        this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, deadline),
    }[kind]();
    call.on('metadata', () => tell('metadata'));
    call.on('status', ({ code, details }) => {
      tell(`status ${code} ${details}`);
      // After whatever else is told of the end.
      setImmediate(() => over.resolve(told));
    });
    if (call instanceof Writable) {
      call.on('error', () => {});
      call.write(message);
      if (wish !== 'hang') call.end();
    }
    if (call instanceof Readable) {
      call.on('data', (value: unknown) => tell(`data ${JSON.stringify(value)}`));
      call.on('end', () => tell('end'));
      call.on('error', (error: Error) => tell(`error ${error.message}`));
    }
    void cancelOn?.then(() => call.cancel());
    return over.promise;
  }
}
