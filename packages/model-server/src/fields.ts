import { type ErrorReport, RequestRefused } from './errors.ts';
import type { JsonObject } from './json.ts';

/**
 * Reads a field a request must have.
 *
 * @throws RequestRefused when it is missing or not what was expected.
 */
export type RequiredField = <T>(
  body: JsonObject,
  field: string,
  expected: string,
  accepts: (value: unknown) => value is T,
) => T;

/** A field as a provider complains of it. */
export interface FieldComplaint {
  field: string;
  expected: string;
  missing: boolean;
}

/** Makes the reader of required fields that complains in one provider's words. */
export function requiredFields(
  complain: (complaint: FieldComplaint) => Omit<ErrorReport, 'status'>,
): RequiredField {
  return (body, field, expected, accepts) => {
    const value = body[field];
    if (accepts(value)) return value;
    throw new RequestRefused({ status: 400, ...complain({ field, expected, missing: value === undefined }) });
  };
}

/** Whether a value is text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a value is a list. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
