import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** As OpenTelemetry's specification has it: `x-b3-traceid` is `X_B3_TRACEID`. */
function variableOf(key: string): string {
  return key.toUpperCase().replace(/[^A-Z\d_]/g, '_');
}

/** Reads what a parent process has put into the environment. */
export const environmentGetter: TextMapGetter<Environment> = {
  get: (environment, key) => environment[variableOf(key)],
  keys: (environment) => Object.keys(environment),
};

export const environmentSetter: TextMapSetter<Record<string, string | undefined>> = {
  set: (environment, key, value) => {
    environment[variableOf(key)] = value;
  },
};

/** What a process further up may have left there of another place: none of it may stay beside ours. */
export const TRACE_VARIABLES = [
  'TRACEPARENT',
  'TRACESTATE',
  'BAGGAGE',
  'B3',
  'X_B3_TRACEID',
  'X_B3_SPANID',
  'X_B3_PARENTSPANID',
  'X_B3_SAMPLED',
  'X_B3_FLAGS',
  'UBER_TRACE_ID',
];
