/** Where requests go and how, in a form that passes between threads. */
export interface Destination {
  readonly transport: 'http' | 'grpc';
  /** With the path: over gRPC that of the method. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of https: alone. */
  readonly tls?: TlsFiles;
  readonly compression: 'none' | 'gzip';
}

/** The PEM texts themselves. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** What came back, in a form that passes between threads. */
export interface Answer {
  /** Of HTTP; over gRPC the status of the call. */
  readonly status: number;
  /** Trailers among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Up to its first 64 KiB. */
  readonly body: Uint8Array;
}

/** Sends requests to one destination. Its sockets do not keep the process alive. */
export interface Client {
  /** Sends once; rejects where there was no answer. */
  request(body: Uint8Array, signal: AbortSignal): Promise<Answer>;
  /** Cuts off what is under way; further requests are rejected. */
  close(): void;
}

/** More of an answer than this is not read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** For messages: without what stands in a query, which may be a key. */
export function shownUrl({ transport, url }: Destination): string {
  const { origin, host, pathname } = new URL(url);
  return transport === 'grpc' ? host : origin + pathname;
}

/** Options of `tls.connect` for a destination. */
export function tlsOptions({ tls }: Destination) {
  return {
    // Said here, since Node's own default can be lowered from outside.
    minVersion: 'TLSv1.2' as const,
    ...(tls?.ca !== undefined && { ca: tls.ca }),
    ...(tls?.cert !== undefined && { cert: tls.cert }),
    ...(tls?.key !== undefined && { key: tls.key }),
    ...(tls?.serverName !== undefined && { servername: tls.serverName }),
  };
}
