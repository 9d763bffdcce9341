import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ZipkinExporterOptions } from '../../config/exporter-options.ts';
import { type Answer, shownUrl } from '../transport/destination.ts';
import { judgeHttp } from '../transport/http-answer.ts';
import { networkDestination, parseUrl } from '../transport/network-destination.ts';
import { NetworkTransport } from '../transport/network-transport.ts';
import { halveJson } from './halve-json.ts';
import type { RequestPart } from './halve-request.ts';
import type { SendResult } from './sender.ts';
import type { Wire } from './wire.ts';
import { toZipkinSpan } from './zipkin-span.ts';

const PATH = '/api/v2/spans';

/** Batches as Zipkin's JSON. */
export class ZipkinWire extends NetworkTransport implements Wire {
  /** @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used. */
  constructor(options: Omit<ZipkinExporterOptions, 'type'> = {}) {
    const url = parseUrl(options.endpoint ?? 'http://localhost:9411');
    if (url.pathname === '/') url.pathname = PATH;
    const target = { transport: 'http', url, contentType: 'application/json' } as const;
    const destination = networkDestination(target, options);
    const judgement = {
      url: shownUrl(destination),
      confirm,
      credentials: 'the credentials are missing, wrong or revoked; set token or headers',
      expected: 'a Zipkin endpoint',
    };
    super(destination, (answer) => judgeHttp(answer, judgement));
  }

  encode(batch: readonly ReadableSpan[]): Uint8Array {
    return Buffer.from(JSON.stringify(batch.map(toZipkinSpan)));
  }

  halve(request: Uint8Array): readonly RequestPart[] | undefined {
    return halveJson(request);
  }
}

/** Zipkin says 202 and nothing more; a page of some other web server is no confirmation, whatever its status. */
function confirm({ headers, body }: Answer): SendResult | undefined {
  const isPage = body.length > 0 && headers['content-type']?.startsWith('text/html') === true;
  return isPage ? undefined : { outcome: 'delivered' };
}
