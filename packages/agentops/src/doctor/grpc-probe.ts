import type { NetworkOptions } from '../config/exporter-options.ts';
import { messageOf } from '../telemetry/failure.ts';
import { tlsFiles } from './http-probe.ts';
import { failure, type ProbeResult, warning } from './probe-result.ts';

const TIMEOUT_MS = 5000;

export interface GrpcProbe extends Pick<NetworkOptions, 'headers' | 'token' | 'tls'> {
  /** A URL, or `host:port`. */
  readonly endpoint: string;
  /** As in the path of the request. */
  readonly method: string;
  /** What is sent there, in words. */
  readonly what: string;
}

/** Sends an empty export over gRPC, with the credentials and certificates of the exporter. Never rejects. */
export async function probeGrpc(probe: GrpcProbe): Promise<ProbeResult> {
  const { endpoint, method, what, headers, token, tls } = probe;
  const address = endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
  const isSecure = endpoint.startsWith('https:') || (tls !== undefined && !endpoint.startsWith('http:'));
  try {
    const { Client, credentials, Metadata, status } = await import('@grpc/grpc-js');
    const { ca, cert, key, servername } = tlsFiles(tls ?? {});
    const client = new Client(
      address,
      isSecure ? credentials.createSsl(ca, key, cert) : credentials.createInsecure(),
      servername === undefined ? {} : { 'grpc.ssl_target_name_override': servername },
    );
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers ?? {})) metadata.set(name.toLowerCase(), value);
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const answer = await new Promise<{ code: number; details: string }>((resolve) => {
      const same = (bytes: Buffer): Buffer => bytes;
      const deadline = Date.now() + TIMEOUT_MS;
      client.makeUnaryRequest(method, same, same, Buffer.alloc(0), metadata, { deadline }, (error) =>
        resolve(error ?? { code: status.OK, details: '' }),
      );
    });
    client.close();
    return judge(answer, `${address} (gRPC${isSecure ? ', TLS' : ''})`, what, status);
  } catch (error) {
    return failure(`${address} (gRPC): ${messageOf(error)}`, 'Check the endpoint and the files of tls.');
  }
}

function judge(
  { code, details }: { code: number; details: string },
  where: string,
  what: string,
  status: typeof import('@grpc/grpc-js').status,
): ProbeResult {
  switch (code) {
    case status.OK:
      return { outcome: 'ok', message: `${where} takes ${what}` };
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return failure(
        `${where}: the credentials are missing, wrong or revoked (${details})`,
        'Set token or headers.',
      );
    case status.UNIMPLEMENTED:
      return failure(
        `${where} takes no ${what} over gRPC`,
        'Correct the port (4317 usually), or set protocol: http/protobuf.',
      );
    case status.UNAVAILABLE:
    case status.DEADLINE_EXCEEDED:
      return failure(
        `${where} cannot be reached: ${details}`,
        'Start what should listen there, or correct host, port and tls. An OTLP/HTTP port (4318 usually) needs protocol: http/protobuf.',
      );
    default:
      return warning(
        `${where} answered ${status[code] ?? code}: ${details}`,
        `It may take ${what} all the same: send some and look for them.`,
      );
  }
}
