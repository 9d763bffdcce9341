const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count in full: `12,345`. */
export function formatCount(count: number): string {
  return wholeNumber.format(count);
}

/** A count in a narrow column: `950`, `12.4k`, `128k`, `1.25M`. */
export function formatCompact(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${trimmed(count / 1_000, 1)}k`;
  if (count < 999_500) return `${(count / 1_000).toFixed(0)}k`;
  if (count < 999_500_000) return `${trimmed(count / 1_000_000, 2)}M`;
  return `${trimmed(count / 1_000_000_000, 2)}B`;
}

/** US dollars, with two significant digits below a cent: `$0.00042`, `$0.0031`, `$0.127`, `$12.40`. */
export function formatCost(usd: number): string {
  if (usd < 0) return `−${formatCost(-usd)}`;
  if (usd === 0) return '$0';
  if (usd >= 1_000) return `$${formatCount(usd)}`;
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  if (usd >= 0.01) return `$${usd.toFixed(3)}`;
  if (usd < 0.000_001) return '< $0.000001';
  return `$${usd.toFixed(1 - Math.floor(Math.log10(usd)))}`;
}

/** The size of a text: `840 B`, `12 KB`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${(bytes / 1_000).toFixed(bytes < 9_950 ? 1 : 0)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 error`, `2 errors`. */
export function pluralize(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
