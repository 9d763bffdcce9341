import { parseKeyPairsIntoRecord } from '@opentelemetry/core';

/** One environment variable: the option it sets, and how its text becomes a value. */
interface Variable {
  readonly name: string;
  /** Path of the option in `InitOptions`. */
  readonly path: readonly [string] | readonly [string, string];
  /** Undefined where the text is no such value. */
  readonly parse: (text: string) => unknown;
}

const text = (value: string): string => value;
const number = (value: string): number | undefined => (/^\d+$/.test(value) ? Number(value) : undefined);
const boolean = (value: string): boolean | undefined =>
  ({ true: true, '1': true, false: false, '0': false })[value.toLowerCase()];

/** Earlier rows win over later ones for the same option. */
export const ENVIRONMENT: readonly Variable[] = [
  { name: 'AGENTOPS_API_KEY', path: ['apiKey'], parse: text },
  { name: 'AGENTOPS_ENDPOINT', path: ['endpoint'], parse: text },
  { name: 'AGENTOPS_INSECURE', path: ['insecure'], parse: boolean },
  { name: 'AGENTOPS_SERVICE_NAME', path: ['serviceName'], parse: text },
  { name: 'OTEL_SERVICE_NAME', path: ['serviceName'], parse: text },
  { name: 'AGENTOPS_ENVIRONMENT', path: ['environment'], parse: text },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', path: ['resource'], parse: parseKeyPairsIntoRecord },
  { name: 'AGENTOPS_SESSION_MODE', path: ['session', 'mode'], parse: text },
  { name: 'AGENTOPS_CAPTURE_CONTENT', path: ['content', 'capture'], parse: boolean },
  { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', path: ['batch', 'size'], parse: number },
  { name: 'OTEL_BSP_SCHEDULE_DELAY', path: ['batch', 'interval'], parse: number },
  { name: 'OTEL_BSP_MAX_QUEUE_SIZE', path: ['batch', 'queue'], parse: number },
  { name: 'OTEL_BSP_EXPORT_TIMEOUT', path: ['batch', 'timeout'], parse: number },
  { name: 'AGENTOPS_SPOOL_DIR', path: ['spool', 'directory'], parse: text },
  { name: 'AGENTOPS_LOG_LEVEL', path: ['logs', 'level'], parse: text },
  { name: 'AGENTOPS_LOG_FORMAT', path: ['logs', 'format'], parse: text },
  { name: 'AGENTOPS_DISABLED', path: ['disabled'], parse: boolean },
  { name: 'OTEL_SDK_DISABLED', path: ['disabled'], parse: boolean },
];
