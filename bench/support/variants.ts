import type { InitOptions } from 'agentops';
import { encodeRequest } from '../../packages/agentops/dist/telemetry/exporters/encode-request.js';
import { type Chat, SMALL_CHAT, USUAL_CHAT } from './chat.ts';
import { floorOf, serialisingOf } from './floor.ts';
import { sinkDestinations } from './sink-destination.ts';
import { SinkExporter } from './sink-exporter.ts';
import {
  instrumentedCalls,
  plainCall,
  plainCalls,
  plainToolCalls,
  toolCall,
  type Work,
  wrappedToolCalls,
} from './work.ts';

const unsampled = { sampling: { rate: 0 } };
const withoutContent = { content: { capture: false } };
const withoutMetrics = { metrics: false } as const;

/** Everything that is measured, each in a process of its own. */
export const VARIANTS = {
  'small call, client alone': () => plainCalls(SMALL_CHAT),
  'small call, instrumented': () => instrumentedCalls(SMALL_CHAT),
  'small call, metrics off': () => instrumentedCalls(SMALL_CHAT, withoutMetrics),
  'small call, bare span': () => floorOfCalls(SMALL_CHAT),
  'usual call, client alone': () => plainCalls(USUAL_CHAT),
  'usual call, instrumented': () => instrumentedCalls(USUAL_CHAT),
  'usual call, nine destinations': () => instrumentedCalls(USUAL_CHAT, { exporters: sinkDestinations(9) }),
  'usual call, encoding': () => serialisingOf(recordedCalls, encodeRequest),
  'usual call, and an exporter object': () =>
    instrumentedCalls(USUAL_CHAT, { exporters: [...sinkDestinations(1), new SinkExporter()] }),
  'usual call, serialising': () =>
    serialisingOf(recordedCalls, (batch) => new SinkExporter().export(batch, () => {})),
  'usual call, bare span': () => floorOfCalls(USUAL_CHAT),
  'usual call, unsampled': () => instrumentedCalls(USUAL_CHAT, unsampled),
  'usual call, content off': () => instrumentedCalls(USUAL_CHAT, withoutContent),
  'usual call, content off, bare span': () => floorOfCalls(USUAL_CHAT, withoutContent),
  'tool, function alone': () => plainToolCalls(),
  'tool, wrapped': () => wrappedToolCalls(),
  'tool, bare span': () => floorOf(wrappedToolCalls, toolCall),
} as const satisfies Record<string, () => Work | Promise<Work>>;

export type VariantName = keyof typeof VARIANTS;

export function isVariantName(name: string | undefined): name is VariantName {
  return name !== undefined && Object.hasOwn(VARIANTS, name);
}

function recordedCalls(recording: InitOptions): Work {
  return instrumentedCalls(USUAL_CHAT, recording);
}

function floorOfCalls(chat: Chat, options: object = {}): Promise<Work> {
  return floorOf((recording) => instrumentedCalls(chat, { ...options, ...recording }), plainCall(chat));
}
