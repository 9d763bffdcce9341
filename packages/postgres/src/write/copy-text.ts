import type { AttributeMap } from '@agentops/otlp';
import type { DatedRow } from './batch.ts';
import { COLUMNS } from './columns.ts';

/** Characters of one chunk: some twenty rows, a fraction of a millisecond of work. */
const CHUNK_LENGTH = 32_768;

const columns = Object.entries(COLUMNS).map(([name, type]) => ({
  name: name as keyof typeof COLUMNS,
  isJson: type === 'jsonb',
}));

/** What COPY's text format writes as two characters. */
const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Rows in the text format of COPY, `project_id` first and then `COLUMNS`, made chunk by chunk as they are asked for.
 * Throws an error with a SQLSTATE where a text is no text, as the database would.
 */
export function* copyText(projectId: string, rows: readonly DatedRow[]): Generator<Buffer> {
  const project = escaped(projectId);
  const resources = new Map<AttributeMap, string>();
  let chunk = '';
  for (const row of rows) {
    let resource = resources.get(row.resource);
    if (resource === undefined) {
      resource = json(row.resource);
      resources.set(row.resource, resource);
    }
    chunk += line(project, row, resource);
    if (chunk.length < CHUNK_LENGTH) continue;
    yield encoded(chunk);
    chunk = '';
  }
  if (chunk !== '') yield encoded(chunk);
}

/** @param resource The row's as JSON: the rows of one process share it. */
function line(project: string, row: DatedRow, resource: string): string {
  let line = project;
  for (const { name, isJson } of columns) {
    const value = row[name];
    if (value === null) line += '\t\\N';
    else if (name === 'resource') line += `\t${resource}`;
    else if (isJson) line += `\t${json(value)}`;
    else line += typeof value === 'string' ? `\t${escaped(value)}` : `\t${value}`;
  }
  return `${line}\n`;
}

/** JSON holds no line breaks and no tabs, but backslashes. */
function json(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return '[]';
  const text = JSON.stringify(value);
  return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
}

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, (special) => ESCAPES[special] ?? special) : text;
}

/** UTF-8 would silently turn a lone surrogate into another character. */
function encoded(chunk: string): Buffer {
  if (chunk.isWellFormed()) return Buffer.from(chunk);
  throw Object.assign(new Error('a text holds half of a surrogate pair, which is no character'), {
    code: '22021',
  });
}
