import { messageOf } from '../telemetry/failure.ts';
import { failure, type ProbeResult } from './probe-result.ts';

/** Why a connection did not come about: what that means, and what to do. First match wins. */
const REASONS: readonly { readonly code: RegExp; readonly means: string; readonly advice: string }[] = [
  {
    code: /^ECONNREFUSED$/,
    means: 'nothing listens there',
    advice: 'Start what should listen there, or correct the endpoint.',
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN)$/,
    means: 'the host name is not known',
    advice: 'Correct the host in the endpoint, or check the DNS of this machine.',
  },
  {
    code: /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    means: 'no answer in time',
    advice: 'Check that a firewall or proxy lets this machine through to it.',
  },
  {
    code: /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/,
    means: 'it does not speak TLS',
    advice: 'Use http:// in the endpoint, or the port that speaks TLS.',
  },
  {
    code: /^HPE_/,
    means: 'it does not speak HTTP',
    advice: 'If this is an OTLP/gRPC port (4317 usually), set protocol: grpc; else correct the port.',
  },
  {
    code: /^ERR_HTTP2_/,
    means: 'it does not speak gRPC',
    advice:
      'If this is an OTLP/HTTP port (4318 usually), set protocol: http/protobuf; else correct the port.',
  },
  {
    code: /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/,
    means: 'it closed the connection',
    advice:
      'Use https:// if the port speaks TLS; if it asks for a client certificate, set tls.cert and tls.key.',
  },
  {
    code: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    means: 'its certificate is not valid at this time',
    advice: 'Renew the certificate of the server, and check the clock of this machine.',
  },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    means: 'its certificate is for another host',
    advice: 'Use the host name of the certificate in the endpoint, or name it in tls.serverName.',
  },
  {
    code: /^ERR_(SSL|OSSL)|ALERT/,
    means: 'TLS failed',
    advice: 'Check tls.ca, tls.cert and tls.key; the server may ask for a client certificate.',
  },
  {
    code: /CERT|ISSUER|SIGNATURE/,
    means: 'its certificate is not trusted here',
    advice: 'Set tls.ca to the certificate of the authority that signed it.',
  },
];

/**
 * What an error on the way to `where` means.
 *
 * @param start What starts the thing that should listen there, where that is known.
 */
export function connectionFailure(where: string, error: unknown, start?: string): ProbeResult {
  const code = codeOf(error);
  const reason = REASONS.find((row) => row.code.test(code));
  if (reason === undefined) return failure(`${where}: ${messageOf(error)}`, 'Check the endpoint.');
  const advice = code === 'ECONNREFUSED' ? (start ?? reason.advice) : reason.advice;
  return failure(`${where}: ${reason.means} (${code})`, advice);
}

/** Of several addresses that were tried, the first one's; of an error that wraps another, the other's. */
function codeOf(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return codeOf(error.cause);
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}
