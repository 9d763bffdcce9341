import type { ExporterOption } from '../../config/options.ts';
import { ConsoleSender } from './console-sender.ts';
import { type BatchSender, senderOf } from './sender.ts';
import { SessionExporter } from './session-exporter.ts';

/** The sender that a configured exporter names, or that a user's exporter object becomes. */
export function createSender(exporter: ExporterOption): BatchSender {
  if (!('type' in exporter)) return exporter instanceof SessionExporter ? exporter : senderOf(exporter);
  switch (exporter.type) {
    case 'agentops':
      return new SessionExporter(exporter);
    case 'console':
      return new ConsoleSender();
  }
}
