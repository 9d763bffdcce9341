import { plainTextProblem } from './plain-text.ts';
import type { Problem } from './problem.ts';
import { count, duration, HOST_AND_PORT } from './schema/values.ts';
import { isPlainObject } from './secrets.ts';
import type { Path, Source, Sources } from './source.ts';
import { inUnits } from './written.ts';

type Options = Readonly<Record<string, unknown>>;

/** Something that does not go together, although each value is right: what it is, and which values make it so. */
export interface Conflict extends Problem {
  readonly involved: readonly Path[];
}

/** What is wrong with one destination, as a whole. */
export function conflictIn(options: Options, path: Path, sources: Sources): Conflict | undefined {
  const found =
    halfCertificate(options) ??
    uselessTls(options, (key) => sources.of([...path, ...key])) ??
    secretInTheOpen(options);
  if (found === undefined) return undefined;
  const [key, reason] = found;
  const own = [...path, ...key];
  const secrets = ['apiKey', 'token', 'headers', 'insecure', 'tls'].filter(
    (name) => options[name] !== undefined,
  );
  const involved = [own, ...secrets.map((name) => [...path, name])];
  const variable = key[0] === 'endpoint' ? insecureVariable(options.type, sources.of(own)) : '';
  const value = key.length === 1 ? options[key[0] ?? ''] : undefined;
  const shown = value === undefined ? {} : { shown: `"${String(value)}"` };
  return { path: own, source: sources.of(own), ...shown, reason: `${reason}${variable}`, involved };
}

type Found = readonly [key: readonly string[], reason: string];

function halfCertificate({ tls }: Options): Found | undefined {
  if (!isPlainObject(tls) || (tls.cert === undefined) === (tls.key === undefined)) return undefined;
  const [there, missing] = tls.cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
  return [['tls', there ?? ''], `mutual TLS needs tls.${missing} as well`];
}

/** Whoever gives certificates does not mean to send in the clear. The standard's variables are for all endpoints. */
function uselessTls({ endpoint, tls }: Options, sourceOf: (path: Path) => Source): Found | undefined {
  if (!isPlainObject(tls) || typeof endpoint !== 'string' || !/^http:/i.test(endpoint)) return undefined;
  const [given] = Object.keys(tls).filter((key) => tls[key] !== undefined);
  if (given === undefined) return undefined;
  const key = ['tls', given];
  const source = sourceOf(key);
  if (source.kind === 'environment' && source.name.startsWith('OTEL_')) return undefined;
  return [key, `has no effect with ${endpoint}, which is in the clear; give an https:// endpoint`];
}

/** Decided here and not at the first export: a key that has crossed the network in plain text is burnt. */
function secretInTheOpen({ endpoint, apiKey, token, headers, insecure, tls }: Options): Found | undefined {
  if (typeof endpoint !== 'string' || insecure === true) return undefined;
  const hasSecret =
    apiKey !== undefined ||
    token !== undefined ||
    (isPlainObject(headers) && Object.keys(headers).length > 0);
  if (!hasSecret) return undefined;
  const isBare = HOST_AND_PORT.test(endpoint);
  if (isBare && tls !== undefined) return undefined;
  const problem = isBare
    ? plainTextProblem(new URL(`http://${endpoint}`), endpoint)
    : plainTextProblem(new URL(endpoint));
  return problem === undefined ? undefined : [['endpoint'], problem];
}

/** The way there for whoever deploys, where the variable would be heard. */
function insecureVariable(type: unknown, source: Source): string {
  if (type === 'agentops') return ' (AGENTOPS_INSECURE=true)';
  if (typeof type !== 'string' || source.kind !== 'environment') return '';
  return ` (AGENTOPS_${type.toUpperCase()}_INSECURE=true)`;
}

/** Pairs of which the first may not be greater than the second. */
const LIMITS: readonly (readonly [group: string, lesser: string, greater: string])[] = [
  ['batch', 'size', 'queue'],
  ['retry', 'initial', 'max'],
];

/** Values of `batch` and `retry` that are more than their limits, where somebody has set both. */
export function overLimits(options: Options, path: Path, sources: Sources): Conflict[] {
  return LIMITS.flatMap(([group, lesser, greater]) => {
    const { [lesser]: value, [greater]: limit } = (options[group] ?? {}) as Options;
    if (typeof value !== 'number' || typeof limit !== 'number' || value <= limit) return [];
    const involved = [lesser, greater].map((key) => [...path, group, key]);
    if (involved.some((own) => sources.of(own).kind === 'default')) return [];
    const own = [...path, group, lesser];
    const [shown, most] = [value, limit].map((number) =>
      inUnits(number, group === 'retry' ? duration : count),
    );
    const reason = `more than ${group}.${greater}, which is ${most}`;
    return [{ path: own, source: sources.of(own), ...(shown && { shown }), reason, involved }];
  });
}

/** `batch` or `retry` with the lesser at most the greater: a default gives way to what was set. */
export function withinLimits<T extends object>(
  group: 'batch' | 'retry',
  options: T,
  isDefault: (key: string) => boolean,
): T {
  const values = options as Readonly<Record<string, number>>;
  for (const [name, lesser, greater] of LIMITS) {
    const [value = 0, limit = 0] = [values[lesser], values[greater]];
    if (name !== group || value <= limit) continue;
    return isDefault(greater) && !isDefault(lesser)
      ? { ...options, [greater]: value }
      : { ...options, [lesser]: limit };
  }
  return options;
}
