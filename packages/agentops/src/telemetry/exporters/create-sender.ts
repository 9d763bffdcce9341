import type { ExporterOption } from '../../config/options.ts';
import { ConsoleSender } from './console-sender.ts';
import { type BatchSender, senderOf } from './sender.ts';
import { SessionExporter } from './session-exporter.ts';

/** The senders of the configured exporters. Those of one kind are told apart by number: `agentops`, `agentops-2`. */
export function createSenders(exporters: readonly ExporterOption[]): BatchSender[] {
  const seen = new Map<string, number>();
  return exporters.map((exporter) => {
    const sender = createSender(exporter);
    const count = (seen.get(sender.name) ?? 0) + 1;
    seen.set(sender.name, count);
    return count === 1 ? sender : renamed(sender, `${sender.name}-${count}`);
  });
}

/** The sender that a configured exporter names, or that a user's exporter object becomes. */
function createSender(exporter: ExporterOption): BatchSender {
  if (!('type' in exporter)) return exporter instanceof SessionExporter ? exporter : senderOf(exporter);
  switch (exporter.type) {
    case 'agentops':
      return new SessionExporter(exporter);
    case 'console':
      return new ConsoleSender();
  }
}

function renamed(sender: BatchSender, name: string): BatchSender {
  return {
    name,
    ...(sender.wire !== undefined && { wire: sender.wire }),
    send: (batch, signal) => sender.send(batch, signal),
    shutdown: () => sender.shutdown(),
  };
}
