import type { SessionTelemetryData } from 'agentops';
import { bold, columns, print } from '../terminal.ts';

/** Prints what a session did, and where to look at it. */
export function printSummary(telemetry: SessionTelemetryData, backendUrl: string): void {
  const { session_id: id, counts, tokens, cost, duration_ms: duration } = telemetry;
  print(`${bold('Session')}   ${id}`);
  print(`${bold('Link')}      ${backendUrl}/sessions/${id}`);
  print();
  const header = ['agents', 'LLM calls', 'tools', 'errors', 'tokens in', 'tokens out', 'cost', 'duration'];
  const row = [
    ...[counts.agents, counts.llms, counts.tools, counts.errors, tokens.input, tokens.output].map(grouped),
    usd(cost),
    `${(duration / 1000).toFixed(2)} s`,
  ];
  print(columns([header, row], 'right'));
  print();
}

/** A cost in US dollars, or that nobody knows it. */
export function usd(cost: number | null): string {
  return cost === null ? 'unknown' : `$${cost.toFixed(6)}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
