import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorReport } from './errors.ts';
import type { NextId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { ModelReply } from './reply.ts';
import type { ModelRequest, Provider, RequestContent } from './request.ts';

/** A provider's wire protocol: all that differs between providers, and nothing else. */
export interface Dialect {
  readonly provider: Provider;
  /** The response header that carries the request's id. */
  readonly requestIdHeader: string;
  /** What can be asked, by method and path (`POST /v1/messages`), or by what `route` makes of them. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** The key of an endpoint, where it is not method and path as they stand. */
  route?(method: string, path: string): string;
  /** The credential a request brings, if any. */
  credential(headers: IncomingHttpHeaders): string | undefined;
  /** What is said to a request for anything but an endpoint. */
  notFound(method: string, path: string): ErrorReport;
  /** What is said to a request whose credential is not the expected one, or missing. */
  unauthorized(credential: string | undefined): ErrorReport;
  /** The error envelope. */
  errorBody(report: ErrorReport, requestId: string): JsonObject;
  /** An error in mid-stream, as one server-sent event. */
  errorEvent(report: ErrorReport, requestId: string): string;
}

/** One operation of a provider. */
export interface Endpoint {
  /**
   * Reads the request's body; some protocols say in the path what others say in it.
   *
   * @throws RequestRefused where a field is missing or of the wrong type.
   */
  read(body: JsonObject, path: string): RequestContent;
  /** Gives a reply the provider's form. */
  render(request: ModelRequest, reply: ModelReply, nextId: NextId): Answer;
}

/** An answer, ready for the wire: the server-sent events of a stream, or one JSON document. */
export interface Answer {
  stream: boolean;
  chunks: string[];
}

/** An answer in one JSON document. */
export function jsonAnswer(body: JsonObject): Answer {
  return { stream: false, chunks: [JSON.stringify(body)] };
}

/** An answer in server-sent events. */
export function streamAnswer(events: string[]): Answer {
  return { stream: true, chunks: events };
}

/** The credential of an `Authorization: Bearer` header, if there is one. */
export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return authorization?.match(/^bearer\s+(.+)$/i)?.[1];
}
