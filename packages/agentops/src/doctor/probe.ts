import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ExporterConfig } from '../config/config.ts';
import { messageOf } from '../telemetry/failure.ts';
import type { Destination } from '../telemetry/transport/destination.ts';
import { networkDestination, parseUrl } from '../telemetry/transport/network-destination.ts';
import { probeNetwork } from './network-probe.ts';
import { probeOtlp } from './otlp-probe.ts';
import { probePostgres } from './postgres-probe.ts';
import { failure, type ProbeResult, warning } from './probe-result.ts';

/**
 * Asks the destination of an exporter whether it would take spans: with the exporter's own credentials, a request that
 * carries none. Takes seconds at most. Never rejects.
 */
export async function probe(exporter: ExporterConfig): Promise<ProbeResult> {
  switch (exporter.type) {
    case 'agentops': {
      const { apiKey: token, ...options } = exporter;
      return probeOtlp(
        { ...options, protocol: 'http/protobuf', ...(token !== undefined && { token }) },
        'traces',
        {
          credentials:
            'apiKey or AGENTOPS_API_KEY to a key of that backend (`agentops keys create` makes one)',
          start: 'Start the backend with `agentops up`, or correct the endpoint (AGENTOPS_ENDPOINT).',
        },
      );
    }
    case 'otlp':
    case 'jaeger':
      return probeOtlp(exporter, 'traces');
    case 'zipkin':
      return probeNetwork({
        destination: () => zipkinDestination(exporter),
        body: '[]',
        what: 'spans',
        credentials: 'token or headers',
      });
    case 'postgres':
      return probePostgres(exporter);
    case 'file':
      return probeFile(resolve(exporter.path));
    case 'console':
      return { outcome: 'ok', message: 'prints to standard output' };
    case 'custom':
      return warning(
        'an exporter of the program itself',
        'It cannot be asked from outside; look at stats() in the program.',
      );
  }
}

function zipkinDestination(exporter: Extract<ExporterConfig, { type: 'zipkin' }>): Destination {
  const url = parseUrl(exporter.endpoint);
  if (url.pathname === '/') url.pathname = '/api/v2/spans';
  return networkDestination({ transport: 'http', url, contentType: 'application/json' }, exporter);
}

function probeFile(path: string): ProbeResult {
  const directory = dirname(path);
  try {
    if (existsSync(path) && !statSync(path).isFile()) {
      return failure(`${path} is no file`, 'Name a file in path.');
    }
    if (!existsSync(directory))
      return failure(`${directory} does not exist`, 'Create the directory, or correct path.');
    accessSync(existsSync(path) ? path : directory, constants.W_OK);
    return { outcome: 'ok', message: `${path} can be written to` };
  } catch (error) {
    return failure(
      `${path} cannot be written to: ${messageOf(error)}`,
      'Give this user the right to write there.',
    );
  }
}
