import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { Reporter } from '../../src/reporter.ts';
import { ExportManager } from '../../src/telemetry/exporters/export-manager.ts';
import type { BatchSender } from '../../src/telemetry/exporters/sender.ts';
import { ExportLane, type LaneOptions } from '../../src/telemetry/processors/export-lane.ts';
import { QueueBudget, QueuedSpan } from '../../src/telemetry/processors/queue-budget.ts';

const BATCH = { size: 512, interval: 60_000, queue: 65_536, queueBytes: 64 * 1024 * 1024, timeout: 60_000 };

/** A lane to `sender`, without a client around it. */
export function laneTo(
  sender: BatchSender,
  { batch = {}, ...options }: Partial<Omit<LaneOptions, 'batch'>> & { batch?: Partial<typeof BATCH> } = {},
): ExportLane {
  const merged = { ...BATCH, ...batch };
  const reporter = new Reporter({ level: 'silent' });
  const manager = new ExportManager({
    name: 'test',
    sender,
    retry: { initial: 1, max: 1, attempts: 2 },
    timeout: merged.timeout,
    reporter,
  });
  const budget = new QueueBudget(merged.queueBytes);
  return new ExportLane(manager, { spool: false, budget, reporter, ...options, batch: merged });
}

const tracer = new TracerProvider().getTracer('test');

/** An ended span on its way into lanes, with a text of `bytes` where it is to be large. */
export function queued(name: string, bytes = 0): QueuedSpan {
  const span = tracer.startSpan(name, { attributes: bytes === 0 ? {} : { text: 'x'.repeat(bytes) } });
  span.end();
  return new QueuedSpan(span as unknown as ReadableSpan);
}
