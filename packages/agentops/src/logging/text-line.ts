import process from 'node:process';
import { styleText } from 'node:util';
import { type LogContext, logContextOf } from './log-context.ts';
import type { LogEntry } from './log-entry.ts';

const COLOURS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;

/**
 * A line for people: who speaks, how much it matters, the message, then fields and context as `key=value`; the stack of
 * an error below. Styles appear on a terminal only.
 */
export function textLine(entry: LogEntry): string {
  const { level, message, own } = entry;
  const { err, ...fields } = entry.fields;
  const details = [...pairsOf(fields), ...contextPairs(logContextOf(entry.context), message)];
  return [
    `${own ? 'agentops ' : ''}${style(COLOURS[level], `${level}:`)} ${indented(message)}`,
    ...(details.length === 0 ? [] : [style('dim', details.join(' '))]),
  ]
    .join('  ')
    .concat(stackOf(err));
}

/** Of an id and the name that goes with it, the name; of a trace that is the session's, the session. */
function contextPairs(context: LogContext, message: string): string[] {
  const { trace_id, span_id, agent_id, agent_name, session_id, event_type } = context;
  const shown = {
    ...(session_id?.replaceAll('-', '') !== trace_id && { trace_id }),
    session_id,
    ...(agent_name === undefined ? { agent_id } : { agent_name }),
    event_type,
    span_id,
  };
  return pairsOf(shown).filter((pair) => !message.includes(pair.slice(pair.indexOf('=') + 1)));
}

function pairsOf(values: object): string[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${shown(value)}`],
  );
}

/** Quoted where it would run into what stands beside it. */
function shown(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function stackOf(err: unknown): string {
  if (err === undefined) return '';
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? String(err.stack) : shown(err);
  return `\n  ${indented(stack)}`;
}

/** What is of the same line is recognisable as such. */
function indented(text: string): string {
  return text.replaceAll(/\n(?! {2})/g, '\n  ');
}

function style(format: 'red' | 'yellow' | 'green' | 'gray' | 'dim', text: string): string {
  return styleText(format, text, { stream: process.stderr });
}
