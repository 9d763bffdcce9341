import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { NetworkOptions, TlsOptions } from '../config/exporter-options.ts';
import { connectionFailure } from './connection-failure.ts';
import { failure, type ProbeResult, warning } from './probe-result.ts';

const TIMEOUT_MS = 5000;

export interface HttpProbe extends Pick<NetworkOptions, 'headers' | 'token' | 'tls'> {
  readonly url: string;
  readonly contentType: string;
  /** What is sent there, in words. */
  readonly what: string;
  /** A request that carries nothing. */
  readonly body: string;
  /** Which options credentials are given in. */
  readonly credentials: string;
  /** What to do where nothing listens. */
  readonly start?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Server's clock minus ours. */
  readonly clockSkewMs?: number;
}

/** Sends a request that carries nothing, with the credentials and certificates of the exporter. Never rejects. */
export async function probeHttp(probe: HttpProbe): Promise<ProbeResult> {
  try {
    return judge(probe, await post(probe));
  } catch (error) {
    return connectionFailure(probe.url, error, probe.start);
  }
}

function judge({ url, credentials, what }: HttpProbe, { status, headers, clockSkewMs }: Answer): ProbeResult {
  const isPage = headers['content-type']?.startsWith('text/html') === true;
  if (status >= 200 && status < 300 && !isPage) {
    return {
      outcome: 'ok',
      message: `${url} takes ${what}`,
      ...(clockSkewMs !== undefined && { clockSkewMs }),
    };
  }
  const answered = `${url} answered ${status}`;
  if (status === 401 || status === 403) {
    return failure(`${answered}: the credentials are missing, wrong or revoked`, `Set ${credentials}.`);
  }
  if (status >= 300 && status < 400) {
    return failure(
      `${answered}: it redirects to ${headers.location ?? 'elsewhere'}`,
      'Make that the endpoint: redirects are not followed.',
    );
  }
  if (isPage || status === 404 || status === 405) {
    return failure(
      `${answered}${isPage ? ' with a web page' : ''}: nothing takes ${what} at this address`,
      'Correct host, port and path of the endpoint.',
    );
  }
  if (status === 415) {
    return failure(
      `${answered}: it does not take this encoding`,
      'Set protocol to http/json or http/protobuf, whichever it speaks.',
    );
  }
  if (status === 429 || status >= 500) {
    return warning(
      `${answered}: it is there and takes nothing at the moment`,
      'Look into its own log. What is sent is sent again; spans wait on disk in the end.',
    );
  }
  return warning(
    `${answered} to a request without ${what}`,
    `It may take ${what} all the same: send some and look for them.`,
  );
}

function post({ url, contentType, body, headers, token, tls }: HttpProbe): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = Date.now();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        'content-type': contentType,
        'content-length': Buffer.byteLength(body),
      },
      ...(tls !== undefined && tlsFiles(tls)),
    });
    const limit = setTimeout(() => request.destroy(timedOut()), TIMEOUT_MS);
    request.on('error', reject);
    request.on('close', () => clearTimeout(limit));
    request.on('response', (response) => {
      response.resume();
      const clockSkewMs = skew(response.headers.date, asked, Date.now());
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        ...(clockSkewMs !== undefined && { clockSkewMs }),
      });
    });
    request.end(body);
  });
}

/** The header has whole seconds: the truth is half a second later, on average. */
function skew(date: string | undefined, asked: number, answered: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? undefined : theirs + 500 - (asked + answered) / 2;
}

function timedOut(): Error {
  return Object.assign(new Error(`no answer in ${TIMEOUT_MS / 1000} s`), { code: 'ETIMEDOUT' });
}

/** @throws where a file cannot be read. */
export function tlsFiles({ ca, cert, key, serverName }: TlsOptions) {
  return {
    ...(ca !== undefined && { ca: pem(ca) }),
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}

function pem(pathOrText: string): Buffer {
  return pathOrText.includes('-----BEGIN ') ? Buffer.from(pathOrText) : readFileSync(pathOrText);
}
