import process from 'node:process';
import type { NetworkOptions } from '../../config/exporter-options.ts';
import { AgentOpsError } from '../../errors.ts';
import { VERSION } from '../../version.ts';
import type { Destination } from './destination.ts';
import { loadTls } from './tls-files.ts';

export interface NetworkTarget {
  readonly transport: Destination['transport'];
  readonly url: URL;
  /** Undefined over gRPC, which says it itself. */
  readonly contentType?: string;
  /** What the option of the token is called where it is given. Default `token`. */
  readonly tokenOption?: string;
}

/**
 * A destination by the options that all network exporters share.
 *
 * @throws {AgentOpsError} `invalid_config` where a file of `tls` cannot be used or a header is none.
 */
export function networkDestination(
  { transport, url, contentType, tokenOption = 'token' }: NetworkTarget,
  { headers, token, tls, compression = 'none' }: NetworkOptions,
): Destination {
  const all = headersOf({ 'user-agent': `agentops/${VERSION}`, ...headers });
  if (token !== undefined) setBearer(all, tokenOption, token);
  if (contentType !== undefined) all.set('content-type', contentType);
  return {
    transport,
    url: url.href,
    headers: Object.fromEntries(all),
    ...(tls !== undefined && url.protocol === 'https:' && { tls: loadTls(tls) }),
    compression,
  };
}

/** What can be wrong with the options of a destination although each of them is what it should be. */
export interface DestinationOptions extends NetworkOptions {
  readonly endpoint?: string | undefined;
  readonly apiKey?: string | undefined;
}

/**
 * Reads what a destination will read, without making one.
 *
 * @throws {AgentOpsError} `invalid_config` where a file of `tls` cannot be used, or a header or key cannot be sent. The
 * message begins with the option's path.
 */
export function checkNetworkOptions({
  endpoint,
  apiKey,
  token,
  headers = {},
  tls,
}: DestinationOptions): void {
  const all = headersOf(headers);
  if (apiKey !== undefined) setBearer(all, 'apiKey', apiKey);
  if (token !== undefined) setBearer(all, 'token', token);
  if (tls !== undefined && !endpoint?.startsWith('http:')) loadTls(tls);
}

/**
 * @param orElse What an endpoint may be besides, as the message says it.
 * @throws {AgentOpsError} `invalid_config` where `text` is no URL of HTTP's.
 */
export function parseUrl(text: string, orElse = ', or host:port for gRPC'): URL {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new AgentOpsError(
    'invalid_config',
    `endpoint = "${text}": expected an http:// or https:// URL${orElse}`,
  );
}

/** By their names in lower case. Not a `Headers` of `fetch`, whose loading would be a tenth of that of the SDK. */
type HeaderMap = Map<string, string>;

function headersOf(entries: Readonly<Record<string, string>>): HeaderMap {
  const headers: HeaderMap = new Map();
  for (const [name, value] of Object.entries(entries)) {
    try {
      setHeader(headers, name, value);
    } catch (cause) {
      // The value may be a secret.
      const message = `headers: "${name}" is no name of a header, or its value has characters that none may have`;
      throw new AgentOpsError('invalid_config', message, { cause });
    }
  }
  return headers;
}

function setBearer(headers: HeaderMap, option: string, token: string): void {
  try {
    setHeader(headers, 'authorization', `Bearer ${token}`);
  } catch {
    // Without the cause: that quotes the secret.
    throw new AgentOpsError('invalid_config', `${option}: it has characters that no header may have`);
  }
}

/** White space around a value is no part of it: that of a key from a file often ends with a line. */
function setHeader(headers: HeaderMap, name: string, value: string): void {
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');
  const trimmed = value.trim();
  validateHeaderName(name);
  validateHeaderValue(name, trimmed);
  headers.set(name.toLowerCase(), trimmed);
}
