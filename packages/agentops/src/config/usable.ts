import { AgentOpsError } from '../errors.ts';
import { checkNetworkOptions } from '../telemetry/transport/network-destination.ts';
import type { Config, ExporterConfig } from './config.ts';
import type { NetworkOptions } from './exporter-options.ts';
import { describePath } from './problem.ts';
import type { Resolution } from './resolve.ts';
import { describeSource, type Path } from './source.ts';

/**
 * Takes out the destinations whose certificates or headers cannot be used, and adds to the warnings why. Where all is
 * disabled nothing is read: the files need not be there.
 *
 * @throws {AgentOpsError} `invalid_config` where it is code that names them, and with `strict` in any case.
 */
export function withUsableDestinations(resolution: Resolution): Resolution {
  const { config, gathered } = resolution;
  if (config.disabled) return resolution;
  const { options, sources } = gathered;
  const problems: AgentOpsError[] = [];
  const isUsable = (network: NetworkOptions, path: Path, outcome: string): boolean => {
    try {
      checkNetworkOptions(network);
      return true;
    } catch (cause) {
      if (!(cause instanceof AgentOpsError)) throw cause;
      const { message } = cause;
      const [option = ''] = /^[\w.]+/.exec(message) ?? [];
      const source = sources.of([...path, ...option.split('.')]);
      const what = `${describePath(sources.asWritten(path), source)}.${message}`;
      if (source.kind === 'code') {
        throw new AgentOpsError('invalid_config', `invalid options in code (init):\n  ${what}`, { cause });
      }
      const text = `${what} (${describeSource(source)}); ${outcome}`;
      problems.push(new AgentOpsError('invalid_config', text, { cause }));
      return false;
    }
  };

  const names = (options.exporters as readonly { readonly name: string }[]).map(({ name }) => name);
  const exporters = config.exporters.filter((exporter) => {
    if (!crossesNetwork(exporter)) return true;
    return isUsable(exporter, ['exporters', names.indexOf(exporter.name)], 'this exporter is off');
  });
  const { metrics, logs } = config;
  const usable = <T extends NetworkOptions>(otlp: T | false, group: string): T | false =>
    otlp !== false && isUsable(otlp, [group, 'otlp'], `${group} are not sent by OTLP`) ? otlp : false;
  const usableConfig = {
    ...config,
    exporters,
    metrics: metrics && { ...metrics, otlp: usable(metrics.otlp, 'metrics') },
    logs: { ...logs, otlp: usable(logs.otlp, 'logs') },
  };
  const nothing = nothingIsLeft(usableConfig, resolution);
  if (nothing !== undefined) problems.push(nothing);
  const [first] = problems;
  if (first !== undefined && options.strict === true) throw first;
  return { config: usableConfig, warnings: [...resolution.warnings, ...problems], gathered };
}

/** Otherwise everything would run, and nobody would see that nothing is sent. */
function nothingIsLeft(config: Config, { gathered }: Resolution): AgentOpsError | undefined {
  const { options, sources } = gathered;
  const given = options.exporters as readonly unknown[];
  if (config.exporters.length > 0 || (given.length === 0 && !sources.hasLost(['exporters'])))
    return undefined;
  return new AgentOpsError('invalid_config', 'no exporter is left: nothing is exported');
}

type NetworkExporter = Extract<ExporterConfig, { type: 'agentops' | 'otlp' | 'jaeger' | 'zipkin' }>;

/** By our own transport: PostgreSQL's is its package's. */
function crossesNetwork(exporter: ExporterConfig): exporter is NetworkExporter {
  return ['agentops', 'otlp', 'jaeger', 'zipkin'].includes(exporter.type);
}
