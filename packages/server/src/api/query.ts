import type { SessionListQuery, StatsQuery } from '@agentops/postgres';
import { z } from 'zod';
import { Refusal } from '../http/refusal.ts';
import { describeIssues } from '../issues.ts';

const text = z.string('given more than once').max(1000);

/** The query of `GET /api/sessions`. */
export const sessionListQuery = z.strictObject({
  limit: text
    .regex(/^\d{1,9}$/, 'expected a whole number from 1 to 200')
    .transform(Number)
    .pipe(z.number().min(1).max(200))
    .exactOptional(),
  cursor: text.min(1).exactOptional(),
  q: text.exactOptional(),
  state: z.enum(['Success', 'Fail', 'Indeterminate', 'running']).exactOptional(),
  errors: z
    .enum(['true', 'false'])
    .transform((given) => given === 'true')
    .exactOptional(),
  tag: text.min(1).exactOptional(),
  service: text.min(1).exactOptional(),
  user: text.min(1).exactOptional(),
  model: text.min(1).exactOptional(),
  from: text.exactOptional(),
  to: text.exactOptional(),
}) satisfies z.ZodType<SessionListQuery>;

/** The query of `GET /api/stats`. */
export const statsQuery = z.strictObject({
  from: text.exactOptional(),
  to: text.exactOptional(),
  step: z.enum(['hour', 'day']).exactOptional(),
  by: z.enum(['event_type', 'service', 'agent', 'model', 'tool']).exactOptional(),
}) satisfies z.ZodType<StatsQuery>;

/** The query of an address that takes no parameters. */
export const emptyQuery = z.strictObject({});

/**
 * Reads a query string's parameters.
 *
 * @throws {Refusal} 400 `invalid_query`, naming every parameter that is wrong and the ones accepted.
 */
export function parseQuery<Schema extends z.ZodObject>(schema: Schema, query: unknown): z.output<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'invalid_query', describeIssues(parsed.error, { '': Object.keys(schema.shape) }));
}
