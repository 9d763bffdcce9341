import { z } from 'zod';
import { closest } from './nearest.ts';

type RawIssue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  record: 'names with values',
};

/** How configuration is parsed everywhere: what a schema has no message of its own for is said in plain words. */
export const PLAIN_WORDS: z.core.ParseContext<z.core.$ZodIssue> = {
  reportInput: true,
  error: (issue) => `expected ${expected(issue)}`,
};

function expected(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'array') return listOf(issue.inst);
      if (issue.expected === 'string' && ['number', 'boolean'].includes(typeof issue.input)) {
        return 'a text (put quotes around it)';
      }
      if (issue.expected === 'boolean' && /^(true|false)$/i.test(String(issue.input))) {
        return 'true or false (without quotes)';
      }
      if (issue.expected === 'object') return optionsOf(issue.inst);
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const choice = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
      return `${choice}${closest(issue.input, values)}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'a text that is not empty';
      if (issue.origin === 'array') return 'a list that is not empty';
      return issue.inclusive === false
        ? `a number above ${issue.minimum}`
        : `a number of ${issue.minimum} or more`;
    case 'too_big':
      return issue.inclusive === false
        ? `a number below ${issue.maximum}`
        : `a number of ${issue.maximum} or less`;
    default:
      return 'something else';
  }
}

function optionsOf(schema: unknown): string {
  const keys = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return keys.length > 0 && keys.length <= MAX_KEYS ? `options (${keys.join(', ')})` : 'an object of options';
}

/** More than these are no help in a message. */
const MAX_KEYS = 10;

function listOf(schema: unknown): string {
  const element = schema instanceof z.ZodArray ? schema.element : undefined;
  if (element instanceof z.ZodEnum) return `a list, such as [${element.options.slice(0, 2).join(', ')}]`;
  if (element instanceof z.ZodString) return 'a list of texts, such as [a, b]';
  return 'a list';
}
