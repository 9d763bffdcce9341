import { type Check, ok, warning } from './check.ts';
import type { InstalledPackage } from './packages.ts';

/** Model clients that `instrument` knows, by the major versions it is tested with. */
const CLIENTS: Readonly<Record<string, readonly number[]>> = {
  openai: [6, 7],
  '@anthropic-ai/sdk': [0, 1],
};

/** Packages that make spans of a client's calls themselves. */
const INSTRUMENTATIONS: readonly { readonly pattern: RegExp; readonly client: string }[] = [
  {
    pattern:
      /^(@traceloop|@opentelemetry|@elastic\/opentelemetry)[/-]instrumentation-openai$|^@arizeai\/openinference-instrumentation-openai$|^@langfuse\/openai$/,
    client: 'openai',
  },
  {
    pattern:
      /^(@traceloop|@opentelemetry)\/instrumentation-anthropic$|^@arizeai\/openinference-instrumentation-anthropic$/,
    client: '@anthropic-ai/sdk',
  },
];

const JOIN =
  'Give its provider agentopsSpanProcessor(), and let it register before init: then both see the sessions.';

/** Packages that register an OpenTelemetry provider of their own. */
const PROVIDERS: readonly {
  readonly pattern: RegExp;
  readonly advice: string;
  /** From this major version on it gets along with us as it is. */
  readonly until?: number;
}[] = [
  {
    pattern: /^@sentry\/(node|nextjs|nestjs|bun|remix|sveltekit|astro)$/,
    advice:
      'Give it ours: Sentry.init({ openTelemetrySpanProcessors: [agentopsSpanProcessor()] }), before init. Its sampling then decides for both.',
    // From then on it makes its own spans and no OpenTelemetry ones; sessions are recorded beside them.
    until: 11,
  },
  { pattern: /^@opentelemetry\/(sdk-node|auto-instrumentations-node)$/, advice: JOIN },
  { pattern: /^@traceloop\/node-server-sdk$/, advice: JOIN },
  {
    pattern: /^(@langfuse\/otel|@arizeai\/phoenix-otel|@lmnr-ai\/lmnr|@pydantic\/logfire-node|logfire)$/,
    advice: JOIN,
  },
  {
    pattern: /^(@vercel\/otel|@azure\/monitor-opentelemetry|@honeycombio\/opentelemetry-node)$/,
    advice: JOIN,
  },
  {
    pattern: /^(dd-trace|newrelic)$/,
    advice:
      'Where its OpenTelemetry bridge is on, it has a provider of its own, which takes no further processor: turn the bridge off, or our spans go to it alone.',
  },
];

/** Model clients of versions we know. */
export function checkClients(packages: readonly InstalledPackage[]): Check[] {
  return packages.flatMap(({ name, version }) => {
    const majors = CLIENTS[name];
    if (majors === undefined) return [];
    if (majors.includes(Number.parseInt(version, 10))) return [ok('Model client', `${name} ${version}`)];
    return [
      warning(
        'Model client',
        `${name} ${version} is not among the versions instrument() is tested with (${majors.join(', ')})`,
        'Try one call and look for its span; a client that instrument() does not know stays as it is.',
      ),
    ];
  });
}

/** Packages that make a second span of the same call. */
export function checkInstrumentations(packages: readonly InstalledPackage[]): Check[] {
  return INSTRUMENTATIONS.flatMap(({ pattern, client }) =>
    namesMatching(packages, pattern).map((name) =>
      warning(
        'Double spans',
        `${name} makes spans of ${client} calls as well`,
        `Use one of the two: leave instrument(client) out, or turn ${name} off; else each call counts twice.`,
      ),
    ),
  );
}

/** Packages that bring an OpenTelemetry set-up of their own. */
export function checkProviders(packages: readonly InstalledPackage[]): Check[] {
  return PROVIDERS.flatMap(({ pattern, advice, until = Number.POSITIVE_INFINITY }) =>
    namesMatching(
      packages.filter(({ version }) => Number.parseInt(version, 10) < until),
      pattern,
    ).map((name) =>
      warning('Other set-up', `${name} can register an OpenTelemetry provider of its own`, advice),
    ),
  );
}

function namesMatching(packages: readonly InstalledPackage[], pattern: RegExp): string[] {
  return [...new Set(packages.map(({ name }) => name).filter((name) => pattern.test(name)))];
}
