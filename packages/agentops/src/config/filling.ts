import { resolve } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_SERVICE_NAME } from '../semconv/attributes.ts';
import { type Conflict, conflictIn, overLimits, withinLimits } from './checks.ts';
import { KEEP } from './defaults.ts';
import { Destinations, named } from './destinations.ts';
import type { Environment } from './environment.ts';
import type { Layer } from './layers.ts';
import type { Problem } from './problem.ts';
import type { CheckedOptions } from './schema.ts';
import type { Path, Sources } from './source.ts';
import { defaultSpoolDirectory } from './spool-directory.ts';

type Options = Readonly<Record<string, unknown>>;

/** Fills in what the sources leave open, and takes out what cannot be used together. */
export class Filling {
  values: Record<string, unknown>;
  readonly problems: Problem[] = [];
  /** What code alone is to blame for. */
  readonly refusals: Problem[] = [];
  readonly #sources: Sources;
  readonly #destinations: Destinations;
  readonly #env: Environment;
  readonly #cwd: string;

  constructor({ values, sources }: Layer, env: Environment, cwd: string) {
    this.values = { ...values };
    this.#sources = sources;
    this.#destinations = new Destinations(env, sources);
    this.#env = env;
    this.#cwd = cwd;
  }

  fill(): void {
    this.#serviceName();
    this.#exporters();
    this.#signals();
    const { spool, sampling } = this.values as { spool: CheckedOptions['spool']; sampling: Options };
    if (typeof spool === 'object') {
      const directory = resolve(this.#cwd, spool.directory ?? defaultSpoolDirectory(this.#env));
      this.values.spool = { ...spool, directory };
    }
    if (sampling.keep !== undefined) {
      this.values.sampling = { ...sampling, keep: { ...KEEP, ...(sampling.keep as Options) } };
    }
    for (const conflict of overLimits(this.values, [], this.#sources)) this.#report(conflict, 'all');
    for (const group of ['batch', 'retry'] as const) {
      const isDefault = (key: string) => this.#sources.of([group, key]).kind === 'default';
      this.values[group] = withinLimits(group, this.values[group] as Options, isDefault);
    }
    this.problems.push(...this.#destinations.problems);
  }

  #serviceName(): void {
    const path = ['resource', ATTR_SERVICE_NAME];
    const { [ATTR_SERVICE_NAME]: name } = (this.values.resource ?? {}) as Attributes;
    if (this.#sources.of(['serviceName']).kind !== 'default' || typeof name !== 'string' || name === '')
      return;
    this.values.serviceName = name;
    this.#sources.set(['serviceName'], this.#sources.of(path));
  }

  #exporters(): void {
    const list = this.values.exporters as readonly unknown[];
    const filled = list.map((item, index) =>
      this.#destinations.exporter(item, ['exporters', index], this.values),
    );
    const { exporters, problems } = named(filled, ['exporters'], this.#sources);
    const bad = new Set(problems.map(({ path }) => path[1]));
    for (const problem of problems) this.#report({ ...problem, involved: [problem.path] }, 'any');
    for (const [index, exporter] of exporters.entries()) {
      const path = ['exporters', index];
      for (const conflict of overLimits(exporter, path, this.#sources)) this.#report(conflict, 'all');
      const conflict = conflictIn(exporter, path, this.#sources);
      if (conflict === undefined) continue;
      this.#report(conflict, 'any');
      bad.add(index);
    }
    this.values.exporters = exporters.filter((_, index) => !bad.has(index));
    for (const index of [...bad].sort((a, b) => Number(b) - Number(a))) {
      this.#sources.removeItem(['exporters'], Number(index));
    }
  }

  #signals(): void {
    const metrics = this.values.metrics as Options | false;
    if (metrics !== false) {
      const prometheus = this.#destinations.prometheus(metrics.prometheus, ['metrics', 'prometheus']);
      this.values.metrics = { ...metrics, prometheus, otlp: this.#otlp(metrics.otlp, 'metrics') };
    }
    const logs = this.values.logs as Options;
    this.values.logs = { ...logs, otlp: this.#otlp(logs.otlp, 'logs') };
  }

  #otlp(options: unknown, group: 'metrics' | 'logs'): Options | false {
    const path = [group, 'otlp'];
    const filled = this.#destinations.otlp(options, path, group === 'metrics' ? 'METRICS' : 'LOGS');
    const conflict = filled === false ? undefined : conflictIn(filled, path, this.#sources);
    if (conflict === undefined) return filled;
    this.#report(conflict, 'any');
    return false;
  }

  /** @param blame Code is to blame where all of the values involved are its own, or any of them. */
  #report({ involved, ...problem }: Conflict, blame: 'all' | 'any'): void {
    const isCode = (path: Path) => this.#sources.of(path).kind === 'code';
    const isRefused = blame === 'all' ? involved.every(isCode) : involved.some(isCode);
    const written = { ...problem, path: this.#sources.asWritten(problem.path) };
    if (isRefused) this.refusals.push({ ...written, source: { kind: 'code' } });
    else this.problems.push(written);
  }
}
