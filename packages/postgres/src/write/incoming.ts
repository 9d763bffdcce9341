import { type AttributeMap, dayNumberOfTrace, type SpanRow } from '@agentops/otlp';
import type { BinaryFields } from './binary-fields.ts';
import type { Shape } from './columns.ts';
import { addRow } from './row-fields.ts';

/** A row on its way into the store, as far as a batch looks at it. */
export interface Incoming {
  readonly trace_id: string;
  readonly span_id: string;
  readonly session_id: string;
  readonly isFinished: boolean;
  /** Whether it has neither events nor links. */
  readonly isBare: boolean;
  /** The day it is stored under, counted from 1970-01-01. */
  readonly day: number;
  /** Why it would break the totals of every other row, if it would: the database itself finds the rest. */
  readonly flaw: string | undefined;
  /** All of it. Seldom asked for: it may have to be made. */
  readonly row: SpanRow;
  /** Adds the fields of a shape, all but `project_id`. Throws an error with a SQLSTATE where a text is no text, as the database would. */
  encode(fields: BinaryFields, resources: ResourceTexts, shape: Shape): void;
}

/** A row as its sender's request was decoded to. */
export class DecodedRow implements Incoming {
  readonly row: SpanRow;
  readonly day: number;
  readonly flaw: string | undefined;

  constructor(row: SpanRow) {
    this.row = row;
    this.flaw = flawOf(row);
    this.day = this.flaw === undefined ? dayNumberOfTrace(row.trace_id, row.start_time) : 0;
  }

  get trace_id(): string {
    return this.row.trace_id;
  }

  get span_id(): string {
    return this.row.span_id;
  }

  get session_id(): string {
    return this.row.session_id;
  }

  get isFinished(): boolean {
    return this.row.end_time !== null;
  }

  get isBare(): boolean {
    return this.row.events.length === 0 && this.row.links.length === 0;
  }

  encode(fields: BinaryFields, resources: ResourceTexts, shape: Shape): void {
    addRow(fields, this.row, this.day, resources.of(this.row.resource), shape);
  }
}

/** The JSON of resources, made once for all rows that share one. */
export class ResourceTexts {
  readonly #texts = new Map<AttributeMap, string>();

  of(resource: AttributeMap): string {
    let text = this.#texts.get(resource);
    if (text === undefined) {
      text = JSON.stringify(resource);
      this.#texts.set(resource, text);
    }
    return text;
  }
}

const MAX_BIGINT = 2n ** 63n - 1n;
const MAX_SESSION_ID = 256;
const TRACE_ID = /^[0-9a-f]{32}$/;

function flawOf(row: SpanRow): string | undefined {
  if (!TRACE_ID.test(row.trace_id)) return 'trace_id is not 32 lower-case hex digits';
  return (
    flawOfTime('start_time', row.start_time) ?? flawOfTime('end_time', row.end_time) ?? flawOfSession(row)
  );
}

/** Why a time cannot be stored, if it cannot. */
export function flawOfTime(name: string, time: bigint | null): string | undefined {
  if (time === null || (time >= 0n && time <= MAX_BIGINT)) return undefined;
  return `${name} ${time} is not a 64-bit time in ns`;
}

function flawOfSession({ session_id }: SpanRow): string | undefined {
  if (session_id.length <= MAX_SESSION_ID) return undefined;
  return `session_id is longer than ${MAX_SESSION_ID} characters`;
}
