import { styleText } from 'node:util';

/** Writes one line to standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Text as a heading. Styles appear on a terminal only. */
export function bold(text: string): string {
  return styleText('bold', text);
}

/** Text that is there to be looked up, not to be read. */
export function dim(text: string): string {
  return styleText('dim', text);
}

/** Text that says that something is as it should be. */
export function good(text: string): string {
  return styleText('green', text);
}

/** Text that says that something may be wrong. */
export function doubtful(text: string): string {
  return styleText('yellow', text);
}

/** Text that says that something is wrong. `stream` is where it will be written. */
export function bad(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText('red', text, { stream });
}

/** Bytes as a size that is easy to read. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const amount = bytes / 1024 ** power;
  return `${amount.toFixed(power === 0 || amount >= 100 ? 0 : 1)} ${units[power]}`;
}

/** A count and what it counts: `1 session`, `2 sessions`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Rows as aligned columns, indented by two. */
export function columns(rows: readonly (readonly string[])[], align: 'left' | 'right' = 'left'): string {
  const [first = []] = rows;
  const widths = first.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, width = 0) => (align === 'left' ? cell.padEnd(width) : cell.padStart(width));
  return rows
    .map((row) => `  ${row.map((cell, column) => pad(cell, widths[column])).join('   ')}`.trimEnd())
    .join('\n');
}
