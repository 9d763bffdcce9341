import type { ExporterConfig } from '../../config/config.ts';
import { ConsoleSender } from './console-sender.ts';
import { type BatchSender, senderOf } from './sender.ts';
import { SessionExporter } from './session-exporter.ts';

/** The sender that a configured exporter names, or that a user's exporter object becomes. */
export function createSender(exporter: ExporterConfig): BatchSender {
  switch (exporter.type) {
    case 'agentops':
      return new SessionExporter(exporter);
    case 'console':
      return new ConsoleSender();
    case 'custom':
      return exporter.exporter instanceof SessionExporter ? exporter.exporter : senderOf(exporter.exporter);
    default:
      throw new Error(`exporter type ${exporter.type} is not built yet`);
  }
}
