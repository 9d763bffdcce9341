import type { Meter, MeterProvider } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { MetricsConfig } from '../../config/config.ts';
import { VERSION } from '../../version.ts';
import type { Deadline } from '../deadline.ts';
import { ExportHistograms, ExportMetrics } from './export-metrics.ts';
import { LlmMetrics } from './llm-metrics.ts';
import { METERS_OFF, type MeterSetUp, type MeterSetUpOptions, setUpMeters } from './meter-provider.ts';
import { PipelineMetrics, type PipelineSources } from './pipeline-metrics.ts';
import { type EndedSession, SessionMetrics } from './session-metrics.ts';

/** What records; there is none where nobody reads. */
interface Recorders {
  readonly exports: ExportHistograms;
  readonly llm: LlmMetrics;
  readonly sessions: SessionMetrics;
}

/**
 * Everything the SDK counts and times. Where nobody reads it, nothing is recorded. Never throws: a meter provider may be
 * the user's own.
 */
export class Metrics {
  /** For whatever else makes metrics, such as OpenTelemetry's own classes. */
  readonly meterProvider: MeterProvider;
  readonly #options: MeterSetUpOptions;
  readonly #setUp: MeterSetUp;
  readonly #recorders: Recorders | undefined;
  readonly #exports = new Map<string, ExportMetrics>();
  #pipeline: PipelineMetrics | undefined;

  constructor(config: MetricsConfig | false, options: MeterSetUpOptions) {
    const { reporter } = options;
    this.#options = options;
    this.#setUp = reporter.guard('metrics', () => setUpMeters(config, options)) ?? METERS_OFF;
    this.#recorders = reporter.guard('metrics', () => recordersOf(config, this.#setUp));
    // A provider that cannot give the SDK its instruments is handed to nobody else.
    this.meterProvider = this.#recorders === undefined ? METERS_OFF.provider : this.#setUp.provider;
  }

  /** Makes instruments: the SDK's own and the user's. */
  get meter(): Meter {
    return meterOf(this.meterProvider);
  }

  /** What the exporter of that name is to tell; undefined where nobody wants to know. */
  exportsOf(exporter: string): ExportMetrics | undefined {
    if (this.#recorders === undefined) return undefined;
    const made = new ExportMetrics(exporter, this.#recorders.exports, this.#options.reporter);
    this.#exports.set(exporter, made);
    return made;
  }

  /** From now on what these sources say is read with each collection. */
  observe(sources: Omit<PipelineSources, 'exports' | 'settle'>): void {
    const llm = this.#recorders?.llm;
    if (llm === undefined) return;
    this.#guard(() => {
      const settle = (): void => llm.settle();
      this.#pipeline = new PipelineMetrics(this.meter, { ...sources, exports: this.#exports, settle });
    });
  }

  /** The span of an LLM call has ended. */
  llmCallEnded(span: ReadableSpan): void {
    const llm = this.#recorders?.llm;
    if (llm !== undefined) this.#guard(() => llm.record(span));
  }

  sessionEnded(session: EndedSession): void {
    const sessions = this.#recorders?.sessions;
    if (sessions !== undefined) this.#guard(() => sessions.record(session));
  }

  /** Sends what is to be sent. Never rejects. */
  async flush(): Promise<void> {
    if (this.#setUp.kind === 'own') await this.#settle(this.#setUp.provider.forceFlush());
  }

  /** Sends what it can by `deadline` and stops. An application's own provider is left as it is. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    if (this.#setUp.kind === 'own') {
      await deadline.limit(this.#settle(this.#setUp.provider.shutdown()));
      this.#setUp.abort();
      this.#setUp.unregister();
    }
    // An application's own provider may collect once more.
    this.#guard(() => this.#recorders?.llm.settle());
    this.#guard(() => this.#pipeline?.stop());
    this.#pipeline = undefined;
  }

  async #settle(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#options.reporter.fault('metrics', error);
    }
  }

  #guard(work: () => void): void {
    this.#options.reporter.guard('metrics', work);
  }
}

function recordersOf(config: MetricsConfig | false, { kind, provider }: MeterSetUp): Recorders | undefined {
  if (config === false || kind === 'off') return undefined;
  const meter = meterOf(provider);
  return {
    exports: new ExportHistograms(meter),
    llm: new LlmMetrics(meter, config),
    sessions: new SessionMetrics(meter),
  };
}

function meterOf(provider: MeterProvider): Meter {
  return provider.getMeter('agentops', VERSION);
}
