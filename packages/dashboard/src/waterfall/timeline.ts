import type { SpanNode } from './span-tree.ts';

/** A stretch of time that fills the width of the timeline: ns after the tree's origin. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Where a bar stands, in percent of the timeline's width. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  /** True for an unfinished span: the bar runs on to when it was lost or the window's end, and is drawn without one. */
  readonly open: boolean;
}

/** One mark of the time axis, at a percentage of the timeline's width. */
export interface Tick {
  readonly at: number;
  /** Milliseconds after the origin. */
  readonly ms: number;
}

const NS_PER_MS = 1e6;
/** Steps an axis counts in, in ms: 1, 2 and 5 of every decimal below a minute, and what clocks show above. */
const STEPS = [
  ...[0.001, 0.01, 0.1, 1, 10, 100, 1_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400].map(
    (seconds) => seconds * 1_000,
  ),
];

/** The window that shows everything up to `until` (ns after the origin). Never empty, so that divisions hold. */
export function wholeWindow(until: number): TimeWindow {
  return { from: 0, to: Math.max(until, 1) };
}

/** The window of one span, with a margin of a twentieth on either side. */
export function windowOf(node: SpanNode, until: number): TimeWindow {
  const length = Math.max((node.end ?? node.lost ?? until) - node.start, 1);
  return { from: node.start - length / 20, to: node.start + length * 1.05 };
}

/** The bar of a span within a window, or null where the span lies outside it. */
export function barOf(node: Pick<SpanNode, 'start' | 'end' | 'lost'>, window: TimeWindow): Bar | null {
  const length = window.to - window.from;
  const end = node.end ?? node.lost ?? Math.max(window.to, node.start);
  if (node.start > window.to || end < window.from) return null;
  const left = Math.max(node.start, window.from);
  const right = Math.min(end, window.to);
  return {
    left: ((left - window.from) / length) * 100,
    width: ((right - left) / length) * 100,
    open: node.end === null,
  };
}

/** Round instants within a window, at most `most` of them. */
export function ticksOf(window: TimeWindow, most: number): Tick[] {
  const from = window.from / NS_PER_MS;
  const length = (window.to - window.from) / NS_PER_MS;
  const day = STEPS.at(-1)!;
  const step = STEPS.find((candidate) => length / candidate <= most) ?? day * Math.ceil(length / day / most);

  const ticks: Tick[] = [];
  for (let i = Math.ceil(from / step); i * step <= from + length; i++) {
    ticks.push({ at: ((i * step - from) / length) * 100, ms: i * step });
  }
  return ticks;
}

/** The name of a tick: its unit is chosen by the window, so that all ticks of an axis read alike. */
export function tickLabel(ms: number, window: TimeWindow): string {
  const span = Math.max(Math.abs(window.from), Math.abs(window.to)) / NS_PER_MS;
  if (ms === 0) return '0';
  if (span < 1_000) return `${Number(ms.toPrecision(6))} ms`;
  if (span < 120_000) return `${Number((ms / 1_000).toPrecision(6))} s`;
  const total = Math.round(ms / 1_000);
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor((total % 3_600) / 60), total % 60];
  const pad = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
}
