import type { JsonObject } from '../json.ts';

/** A server-sent event of Anthropic's: its name is the type of its data. */
export function event(data: JsonObject & { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
