import type { AttributeMap, SpanRow } from '@agentops/otlp';
import type { DatedRow } from './batch.ts';
import { BinaryFields } from './binary-fields.ts';
import { COLUMNS } from './columns.ts';

const MS_PER_DAY = 86_400_000;
/** The day PostgreSQL counts dates from. */
const FIRST_DATE = Date.UTC(2000, 0, 1) / MS_PER_DAY;

/** With `project_id`. */
const FIELDS = Object.keys(COLUMNS).length + 1;

/** Bytes of one chunk: some fifty rows, a fraction of a millisecond of work. */
const CHUNK_SIZE = 65_536;
/** For the end of the last row of a chunk, which is then seldom moved to a larger buffer. */
const OVERHANG = 16_384;

/** The signature, no flags, no extension: https://www.postgresql.org/docs/current/sql-copy.html */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/**
 * Rows in the binary format of COPY, `project_id` first and then `COLUMNS`, made chunk by chunk as they are asked for. It
 * spares the server the search for line ends and escapes, and both sides decimal numbers. Throws an error with a SQLSTATE
 * where a text is no text, as the database would.
 */
export function* copyBinary(projectId: string, rows: readonly DatedRow[]): Generator<Buffer> {
  const resources = new Map<AttributeMap, string>();
  let fields = new BinaryFields(CHUNK_SIZE + OVERHANG);
  fields.bytes(HEADER);
  let day = '';
  let date = 0;
  for (const dated of rows) {
    const { resource } = dated.row;
    let json = resources.get(resource);
    if (json === undefined) {
      json = JSON.stringify(resource);
      resources.set(resource, json);
    }
    if (dated.day !== day) {
      day = dated.day;
      date = Date.parse(day) / MS_PER_DAY - FIRST_DATE;
    }
    addRow(fields, projectId, dated.row, date, json);
    if (fields.length < CHUNK_SIZE) continue;
    yield fields.taken();
    fields = new BinaryFields(CHUNK_SIZE + OVERHANG);
  }
  fields.bytes(TRAILER);
  yield fields.taken();
}

/**
 * The fields in the order of `COLUMNS`. Column by column, since a loop over these took twice as long.
 *
 * @param date Days since the first of 2000
 * @param resource The row's as JSON: the rows of one process share it.
 */
function addRow(fields: BinaryFields, projectId: string, row: SpanRow, date: number, resource: string): void {
  fields.row(FIELDS);
  fields.text(projectId);
  fields.text(row.trace_id);
  fields.text(row.span_id);
  fields.date(date);
  fields.text(row.parent_span_id);
  fields.text(row.session_id);
  fields.text(row.operation_name);
  fields.smallint(row.kind);
  fields.bigint(row.start_time);
  fields.bigint(row.end_time);
  fields.smallint(row.status);
  fields.text(row.status_message);
  fields.text(row.service_name);
  fields.text(row.span_kind);
  fields.text(row.event_type);
  fields.text(row.agent_id);
  fields.text(row.agent_name);
  fields.text(row.provider);
  fields.text(row.model);
  fields.bigint(row.input_tokens);
  fields.bigint(row.output_tokens);
  fields.bigint(row.cache_read_tokens);
  fields.bigint(row.cache_write_tokens);
  fields.bigint(row.reasoning_tokens);
  fields.numeric(row.cost);
  fields.text(row.user_id);
  fields.text(row.conversation_id);
  fields.text(row.scope_name);
  fields.text(row.scope_version);
  fields.text(row.trace_state);
  fields.bigint(row.flags);
  fields.jsonb(JSON.stringify(row.attributes));
  fields.jsonb(resource);
  fields.jsonb(jsonOf(row.events));
  fields.jsonb(jsonOf(row.links));
  fields.jsonb(row.types && JSON.stringify(row.types));
  fields.jsonb(row.dropped && JSON.stringify(row.dropped));
}

const jsonOf = (items: readonly unknown[]): string => (items.length === 0 ? '[]' : JSON.stringify(items));
