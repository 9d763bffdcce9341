import type { OtlpExporterOptions } from '../../config/exporter-options.ts';
import { type Answer, shownUrl } from '../transport/destination.ts';
import { judgeHttp } from '../transport/http-answer.ts';
import { networkDestination } from '../transport/network-destination.ts';
import { type Judge, NetworkTransport } from '../transport/network-transport.ts';
import { judgeGrpc } from './grpc-answer.ts';
import { confirmOtlp, type OtlpEncoding } from './otlp-answer.ts';
import { type OtlpSignal, otlpEndpoint } from './otlp-endpoint.ts';

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

export interface OtlpTransportOptions
  extends Omit<OtlpExporterOptions, 'type' | 'name' | 'batch' | 'retry' | 'format'> {
  /** What to look at when the credentials were refused. */
  readonly credentials?: string;
}

/** The way of encoded OTLP requests of one signal to a backend, over HTTP or gRPC. */
export class OtlpTransport extends NetworkTransport {
  /** What requests have to be encoded as. */
  readonly encoding: OtlpEncoding;

  /** @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used. */
  constructor(options: OtlpTransportOptions, signal: OtlpSignal) {
    const { url, protocol } = otlpEndpoint(options, signal);
    const encoding = protocol === 'http/json' ? 'json' : 'protobuf';
    const isGrpc = protocol === 'grpc';
    const target = isGrpc
      ? ({ transport: 'grpc', url } as const)
      : ({ transport: 'http', url, contentType: CONTENT_TYPES[encoding] } as const);
    const { credentials = 'the credentials are missing, wrong or revoked; set token or headers' } = options;
    const destination = networkDestination(target, options);
    super(destination, (isGrpc ? grpcJudge : httpJudge)(shownUrl(destination), credentials));
    this.encoding = encoding;
  }
}

function grpcJudge(where: string, credentials: string): Judge {
  return (answer) => judgeGrpc(answer, where, credentials);
}

function httpJudge(url: string, credentials: string): Judge {
  const judgement = { url, confirm: confirmHttp, credentials, expected: 'an AgentOps or OTLP endpoint' };
  return (answer) => judgeHttp(answer, judgement);
}

/** A page of some other web server is no confirmation, whatever its status. */
function confirmHttp({ headers, body }: Answer) {
  if (body.length === 0) return { outcome: 'delivered' } as const;
  const type = headers['content-type'] ?? '';
  if (type.startsWith(CONTENT_TYPES.protobuf)) return confirmOtlp(body, 'protobuf');
  if (type.startsWith(CONTENT_TYPES.json)) return confirmOtlp(body, 'json');
  return undefined;
}
