import process from 'node:process';
import { styleText } from 'node:util';
import { SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as attr from '../../semconv/attributes.ts';
import type { BatchSender, SendResult } from './sender.ts';

/** Traces whose root has not come yet are kept up to these; beyond that the oldest is printed as it is. */
const MAX_WAITING = { traces: 100, spans: 10_000 };

/** Prints every trace as a tree once its root has ended, in colours where standard output is a terminal that has them. */
export class ConsoleSender implements BatchSender {
  readonly #waiting = new Map<string, ReadableSpan[]>();
  /** Of all traces that wait. */
  #spans = 0;

  async send(batch: readonly ReadableSpan[]): Promise<SendResult> {
    this.#take(batch);
    return { outcome: 'delivered' };
  }

  sendLast(batch: readonly ReadableSpan[]): SendResult {
    this.#take(batch);
    this.#printAll();
    return { outcome: 'delivered' };
  }

  async shutdown(): Promise<void> {
    this.#printAll();
  }

  #take(batch: readonly ReadableSpan[]): void {
    const complete = new Set<string>();
    for (const span of batch) {
      const { traceId } = span.spanContext();
      const spans = this.#waiting.get(traceId) ?? [];
      spans.push(span);
      this.#waiting.set(traceId, spans);
      if (span.parentSpanContext === undefined) complete.add(traceId);
    }
    this.#spans += batch.length;
    for (const traceId of complete) this.#print(traceId);
    while (this.#waiting.size > MAX_WAITING.traces || this.#spans > MAX_WAITING.spans) {
      this.#print(this.#waiting.keys().next().value ?? '');
    }
  }

  #printAll(): void {
    for (const traceId of [...this.#waiting.keys()]) this.#print(traceId);
  }

  #print(traceId: string): void {
    const spans = this.#waiting.get(traceId) ?? [];
    this.#waiting.delete(traceId);
    this.#spans -= spans.length;
    // Not on a terminal there is no `hasColors`; on one it heeds NO_COLOR.
    const style = process.stdout.isTTY && process.stdout.hasColors() ? styled : plain;
    process.stdout.write(`${style('dim', `trace ${traceId}`)}\n${renderTree(spans, style)}`);
  }
}

/** Text in a style, where styles are wanted. */
type Style = (format: 'bold' | 'dim' | 'red', text: string) => string;

const plain: Style = (_format, text) => text;
const styled: Style = (format, text) => styleText(format, text, { validateStream: false });

/** One line a span, children indented below their parent in the order of their start. */
function renderTree(spans: readonly ReadableSpan[], style: Style): string {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const children = Map.groupBy(
    spans.toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]),
    ({ parentSpanContext }) =>
      byId.has(parentSpanContext?.spanId ?? '') ? parentSpanContext?.spanId : undefined,
  );
  const lines: string[] = [];
  const pending = (children.get(undefined) ?? []).map((span) => ({ span, depth: 0 })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { span, depth } = next;
    lines.push(`${'  '.repeat(depth)}${describe(span, style)}\n`);
    const below = children.get(span.spanContext().spanId) ?? [];
    pending.push(...below.map((child) => ({ span: child, depth: depth + 1 })).reverse());
  }
  return lines.join('');
}

function describe(span: ReadableSpan, style: Style): string {
  const { attributes, status } = span;
  const facts = [`${hrTimeToMilliseconds(span.duration).toFixed(1)} ms`];
  const input = attributes[attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS];
  const output = attributes[attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS];
  if (input !== undefined || output !== undefined) facts.push(`${input ?? '?'} → ${output ?? '?'} tokens`);
  const cost = attributes[attr.ATTR_AGENTOPS_COST_TOTAL];
  if (typeof cost === 'number') facts.push(`$${cost.toPrecision(2)}`);
  const endState = attributes[attr.ATTR_SESSION_END_STATE];
  if (endState !== undefined) facts.push(String(endState));
  if (status.code === SpanStatusCode.ERROR) {
    facts.push(style('red', `ERROR ${status.message ?? ''}`.trimEnd()));
  }
  return `${style('bold', span.name)}  ${facts.join(', ')}`;
}
