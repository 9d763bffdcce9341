import { AgentOpsError } from '../errors.ts';
import { decodeMessage } from '../telemetry/exporters/grpc-answer.ts';
import { type Answer, type Destination, shownUrl } from '../telemetry/transport/destination.ts';
import { GrpcStatus, grpcStatusName } from '../telemetry/transport/grpc-status.ts';
import { openClient } from '../telemetry/transport/open-client.ts';
import { connectionFailure } from './connection-failure.ts';
import { failure, type ProbeResult, warning } from './probe-result.ts';

const TIMEOUT_MS = 5000;

export interface NetworkProbe {
  readonly destination: () => Destination;
  /** A request that carries nothing. */
  readonly body: string;
  /** What is sent there, in words. */
  readonly what: string;
  /** Which options credentials are given in. */
  readonly credentials: string;
  /** What to do where nothing listens. */
  readonly start?: string;
}

/** Sends a request that carries nothing, the way the exporter would. Never rejects. */
export async function probeNetwork(probe: NetworkProbe): Promise<ProbeResult> {
  let destination: Destination;
  try {
    destination = probe.destination();
  } catch (error) {
    return failure(error instanceof AgentOpsError ? error.message : String(error), 'Correct these options.');
  }
  const where = shownUrl(destination);
  try {
    const asked = Date.now();
    const answer = await ask(destination, probe.body);
    if (destination.transport === 'grpc') return judgeGrpc(answer, `${where} (gRPC)`, probe);
    const clockSkewMs = skew(answer.headers.date, asked, Date.now());
    return judgeHttp(answer, where, probe, clockSkewMs);
  } catch (error) {
    return connectionFailure(where, error, probe.start);
  }
}

async function ask(destination: Destination, body: string): Promise<Answer> {
  const client = openClient(destination);
  const limit = new AbortController();
  // This timer also keeps the process alive: sockets of exporters do not.
  const timer = setTimeout(() => limit.abort(timedOut()), TIMEOUT_MS);
  try {
    return await client.request(Buffer.from(body), limit.signal);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

function judgeHttp(
  { status, headers }: Answer,
  where: string,
  { what, credentials }: NetworkProbe,
  clockSkewMs: number | undefined,
): ProbeResult {
  const isPage = headers['content-type']?.startsWith('text/html') === true;
  if (status >= 200 && status < 300 && !isPage) {
    return {
      outcome: 'ok',
      message: `${where} takes ${what}`,
      ...(clockSkewMs !== undefined && { clockSkewMs }),
    };
  }
  const answered = `${where} answered ${status}`;
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
  return unsure(`${answered} to a request without ${what}`, what);
}

function judgeGrpc(
  { status, headers }: Answer,
  where: string,
  { what, credentials }: NetworkProbe,
): ProbeResult {
  const said = decodeMessage(headers['grpc-message'] ?? '');
  const answered = `${where} answered ${grpcStatusName(status)}${said === '' ? '' : `: ${said}`}`;
  switch (status) {
    case GrpcStatus.OK:
      return { outcome: 'ok', message: `${where} takes ${what}` };
    case GrpcStatus.UNAUTHENTICATED:
    case GrpcStatus.PERMISSION_DENIED:
      return failure(`${answered}; the credentials are missing, wrong or revoked`, `Set ${credentials}.`);
    case GrpcStatus.UNIMPLEMENTED:
      return failure(
        `${where} takes no ${what} over gRPC`,
        'Correct the port (4317 usually), or set protocol: http/protobuf.',
      );
    case GrpcStatus.UNAVAILABLE:
    case GrpcStatus.RESOURCE_EXHAUSTED:
      return warning(answered, 'It is there and takes nothing at the moment: look into its own log.');
    default:
      return unsure(answered, what);
  }
}

function unsure(message: string, what: string): ProbeResult {
  return warning(message, `It may take ${what} all the same: send some and look for them.`);
}

/** The header has whole seconds: the truth is half a second later, on average. */
function skew(date: string | undefined, asked: number, answered: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? undefined : theirs + 500 - (asked + answered) / 2;
}

function timedOut(): Error {
  return Object.assign(new Error(`no answer in ${TIMEOUT_MS / 1000} s`), { code: 'ETIMEDOUT' });
}
