import type { Attributes } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { ContextConfig, LiveConfig, SamplingConfig } from '../config/config.ts';
import type { Prices } from '../instrumentation/cost/prices.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenSessions } from '../session/open-sessions.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { QueueBytes } from './metrics/pipeline-metrics.ts';
import type { DeniedScopes } from './processors/denied-scopes.ts';
import type { ExportLane } from './processors/export-lane.ts';
import type { LiveLane } from './processors/live-lane.ts';
import type { Redactor } from './redaction/redactor.ts';
import type { SessionSampler } from './sampling/session-sampler.ts';

/** The parts that a `TelemetryManager` puts together. */
export interface TelemetryOptions {
  readonly serviceName: string;
  /** Attributes of the Resource, the service's name among them. */
  readonly resource: Attributes;
  /** One per exporter. */
  readonly lanes: readonly ExportLane[];
  /** Processors of the user's, run before the lanes. */
  readonly processors: readonly SpanProcessor[];
  readonly sampler: SessionSampler;
  readonly context: ContextConfig;
  readonly live: LiveConfig | false;
  /** One for each exporter that can show spans before they end. */
  readonly liveLanes: readonly LiveLane[];
  /** Tells the platform of every session's end; run after the lanes. */
  readonly delivery?: SpanProcessor;
  /** What `sampler` was made of; `update` changes it key by key. */
  readonly sampling: SamplingConfig;
  /** Whether messages, arguments and results are recorded. */
  readonly captureContent: boolean;
  /** What calls of models cost. */
  readonly prices: Prices;
  /** Instrumentation scopes whose spans are neither exported nor added up. */
  readonly denied?: DeniedScopes | undefined;
  readonly metrics: Metrics;
  /** What the lanes together hold in memory. */
  readonly budget?: QueueBytes;
  /** Sees every span before the lanes do. */
  readonly redactor: Redactor;
  readonly open: OpenSessions;
  readonly reporter: Reporter;
}
