import { requiredFields } from '../fields.ts';

/** Reads a required field; complains as OpenAI does. */
export const required = requiredFields(({ field, expected, missing }) => ({
  message: missing
    ? `Missing required parameter: '${field}'.`
    : `Invalid type for '${field}': expected ${expected}.`,
  code: missing ? 'missing_required_parameter' : 'invalid_type',
  param: field,
}));
