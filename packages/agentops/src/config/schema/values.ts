import { z } from 'zod';
import { PLAIN_WORDS } from '../plain-words.ts';
import { toBytes, toMilliseconds } from '../units.ts';
import { traits } from './traits.ts';

/** The longest time a timer of Node's can wait: 24.8 days. */
const MAX_MILLIS = 2 ** 31 - 1;

/** An object of the user's that implements an interface, recognised by the methods we call. */
export function implementing<T extends object>(name: string, ...methods: (keyof T & string)[]) {
  return z
    .custom<T>((value) => implementsAll(value, methods), {
      error: `expected ${name} (an object with ${methods.join('(), ')}())`,
    })
    .register(traits, { kind: 'code' });
}

/** True for an object or function that has all of `methods`. */
export function implementsAll(value: unknown, methods: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof Reflect.get(value, method) === 'function')
  );
}

export function fn<T>() {
  return z
    .custom<T>((value) => typeof value === 'function', { error: 'expected a function' })
    .register(traits, { kind: 'code' });
}

/** A list of objects that only code can make, recognised by the methods we call, where those are given. */
export function objects<T>(what: string, ...methods: (keyof T & string)[]) {
  const isOne = (value: unknown): boolean => isObject(value) && implementsAll(value, methods);
  return z
    .custom<readonly T[]>((value) => Array.isArray(value) && value.every(isOne), {
      error: `expected a list of ${what}${methods.length === 0 ? '' : ` (with ${methods.join('(), ')}())`}`,
    })
    .register(traits, { kind: 'code' });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

export const text = z.string().min(1);
export const path = z.string().min(1).register(traits, { kind: 'path' });
export const pem = z.string().min(1).register(traits, { kind: 'pem' });
export const texts = z.array(text);
export const headers = z.record(z.string(), z.string());
export const port = z.number({ error: 'expected a port, 0 to 65535' }).int().min(0).max(65_535);
export const probability = z.number({ error: 'expected a number from 0 to 1' }).min(0).max(1);
export const count = z.number({ error: 'expected a whole number, 1 or more' }).int().min(1);

export const amount = z.number({ error: 'expected a number above 0' }).positive();

/** A whole number from 1. */
export function countTo(max: number) {
  return z
    .number({ error: `expected a whole number from 1 to ${max}` })
    .int()
    .min(1)
    .max(max);
}

/** Milliseconds, from a number or a text with its unit. */
export const duration = measure(
  /^\s*\d+(\.\d+)?\s*(ms|s|m|h)?\s*$/,
  (value) => {
    const ms = toMilliseconds(value);
    return ms === undefined ? undefined : Math.round(ms);
  },
  MAX_MILLIS,
  'a duration: milliseconds (1 to 2147483647), or a text such as 500ms, 1s, 10m, 24h',
).register(traits, { kind: 'duration' });

/** Bytes, from a number or a text with its unit. */
export const byteSize = measure(
  /^\s*\d+(\.\d+)?\s*(B|kB|KiB|MB|MiB|GB|GiB)?\s*$/,
  toBytes,
  Number.MAX_SAFE_INTEGER,
  'a size: bytes (1 or more), or a text such as 64KiB, 256MiB, 10MB',
).register(traits, { kind: 'bytes' });

/** @param toNumber Undefined where a text has a unit that is none. */
function measure(
  written: RegExp,
  toNumber: (value: number | string) => number | undefined,
  max: number,
  what: string,
) {
  const error = `expected ${what}`;
  return z
    .union([z.number(), z.string().regex(written, { error })], { error })
    .transform((value, context) => {
      const number = toNumber(value);
      if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= max) return number;
      context.issues.push({ code: 'custom', message: error, input: value });
      return z.NEVER;
    });
}

/** Says what credentials in a URL are to be instead: URLs end up in messages and logs. */
const NO_CREDENTIALS = { error: 'credentials do not belong in the URL; use apiKey, token or headers' };

export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
  .refine((url) => !hasCredentials(url), NO_CREDENTIALS);

/** As libpq reads it: without a host it means a Unix socket, by the parameter `host` or by default. */
export const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'expected a postgres:// URL' })
  .refine((value) => URL.canParse(value.replace(WITHOUT_HOST, '$1localhost')), {
    error: 'expected a postgres:// URL; /, @, : and % in a password have to be percent-encoded',
  });

/** Up to the place of a host where there is none, which the standard of URLs does not allow. */
const WITHOUT_HOST = /^(\w+:\/\/(?:[^/?#]*@)?)(?=(?::\d*)?(?:[/?]|$))/;

/** A URL, or `host:port`, which means gRPC. */
export const otlpEndpoint = z
  .string()
  .refine((value) => isHostAndPort(value) || /^https?:$/.test(protocolOf(value)), {
    error: 'expected an http:// or https:// URL, or host:port for gRPC',
  })
  .refine((value) => HOST_AND_PORT.test(value) || !hasCredentials(value), NO_CREDENTIALS);

function isHostAndPort(value: string): boolean {
  return HOST_AND_PORT.test(value) && URL.canParse(`http://${value}`);
}

/** An address without a scheme. */
export const HOST_AND_PORT = /^([\w.-]+|\[[\da-f:.]+\]):\d{1,5}$/i;

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** A module by path or package name; what it exports is checked when it is loaded. */
export const module = z.strictObject({
  module: text.describe(
    'Path (relative to the file that names it) or package name; its default export is used.',
  ),
  options: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Handed to the module where it exports a function or a class.'),
});

/** An object of the program's, or in text the module that has it. */
export function orModule<T extends z.ZodType>(code: T) {
  return z.union([code, module], { error: (issue) => messageOf(code, issue.input) });
}

/** On, off, or on with options. */
export function orSwitch<T extends z.ZodObject>(options: T) {
  return z.union([z.boolean(), options], {
    error: `expected true, false, or options (${Object.keys(options.shape).join(', ')})`,
  });
}

/** Options, or `false` for without. */
export function orOff<T extends z.ZodObject>(options: T) {
  return z.union([z.literal(false), options], {
    error: `expected false, or options (${Object.keys(options.shape).join(', ')})`,
  });
}

const listed = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'expected a text, a number, true, false or null',
});
export const attributeValue = z.union([z.string(), z.number(), z.boolean(), z.array(listed)], {
  error: 'expected a text, a number, true, false, or a list of one of these',
});

function messageOf(schema: z.ZodType, value: unknown): string {
  return schema.safeParse(value, PLAIN_WORDS).error?.issues[0]?.message ?? 'not understood';
}
