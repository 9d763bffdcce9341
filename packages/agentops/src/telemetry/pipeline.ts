import type { Config } from '../config/config.ts';
import type { Reporter } from '../reporter.ts';
import { createSender } from './exporters/create-sender.ts';
import { encodeRequest } from './exporters/encode-request.ts';
import { ExportManager } from './exporters/export-manager.ts';
import type { BatchSender } from './exporters/sender.ts';
import { shareRequests } from './exporters/shared-requests.ts';
import type { Metrics } from './metrics/metrics.ts';
import { ExportLane } from './processors/export-lane.ts';
import { LiveLane } from './processors/live-lane.ts';
import { QueueBudget } from './processors/queue-budget.ts';

/** The ways of spans to the exporters. */
export interface Pipeline {
  readonly managers: readonly ExportManager[];
  /** One per exporter. */
  readonly lanes: readonly ExportLane[];
  /** One for each exporter that can show spans before they end, where they are to be shown. */
  readonly liveLanes: readonly LiveLane[];
  /** What the lanes together hold in memory. */
  readonly budget: QueueBudget;
}

/**
 * One sender per exporter of `config`; none where everything is disabled.
 *
 * @throws {AgentOpsError} `invalid_config` where an exporter cannot be made.
 */
export function createSenders({ exporters, disabled }: Config): readonly BatchSender[] {
  if (disabled) return [];
  const isAlone = exporters.length === 1;
  const shared = shareRequests();
  return exporters.map((exporter) =>
    // What a formatter makes of the spans it may change later.
    createSender(exporter, { isAlone, encode: exporter.format === undefined ? shared : encodeRequest }),
  );
}

/** @param senders Those of `config`, in the order of its exporters. */
export function createPipeline(
  senders: readonly BatchSender[],
  { exporters, batch: { queueBytes }, spool, live }: Config,
  { metrics, reporter }: { readonly metrics: Metrics; readonly reporter: Reporter },
): Pipeline {
  const budget = new QueueBudget(queueBytes);
  const managers: ExportManager[] = [];
  const lanes: ExportLane[] = [];
  const liveLanes: LiveLane[] = [];
  for (const [index, { name, batch, retry, format }] of exporters.entries()) {
    const sender = senders[index];
    if (sender === undefined) continue;
    const { timeout } = batch;
    const manager = new ExportManager({
      ...{ name, sender, retry, timeout, reporter },
      metrics: metrics.exportsOf(name),
    });
    managers.push(manager);
    lanes.push(new ExportLane(manager, { batch, budget, spool, format, reporter }));
    if (live !== false && sender.live === true) {
      liveLanes.push(new LiveLane({ name, sender, format, timeout, reporter }));
    }
  }
  return { managers, lanes, liveLanes, budget };
}
