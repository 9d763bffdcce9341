import { readFileSync } from 'node:fs';
import { messageOf, StoreError } from '../errors.ts';

/** The environment of a process, or what stands for it in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'AGENTOPS_POSTGRES_';

/** The variables of the exporter, and told of those that cannot be used. */
export interface Variables {
  /** `AGENTOPS_POSTGRES_NAME`; undefined where it is not set or empty. */
  own(name: string): string | undefined;
  /** `AGENTOPS_POSTGRES_PASSWORD`, or what is in the file that `AGENTOPS_POSTGRES_PASSWORD_FILE` names, but for line ends. */
  password(): string | undefined;
  /** `PGPASSWORD`. */
  libpqPassword(): string | undefined;
  /** `AGENTOPS_POSTGRES_URL`, or the same from its file. Throws where that cannot be read: any default is another place. */
  url(): string | undefined;
  /** A whole number within the bounds. */
  number(name: string, least: number, most: number): number | undefined;
  flag(name: string): boolean | undefined;
  /** A variable of libpq. */
  libpq(name: string): string | undefined;
}

/**
 * Reads the environment. A value that cannot be used is told and then as good as not set: what a deployment got wrong must
 * not keep a program from starting.
 */
export function variablesOf(environment: Environment, warn: (message: string) => void): Variables {
  const read = (name: string) => environment[name]?.trim() || undefined;
  const own = (name: string) => read(PREFIX + name);
  const refuse = (name: string, expected: string): undefined => {
    warn(`${PREFIX}${name} is ${JSON.stringify(own(name))}, expected ${expected}; the default is used`);
  };
  const orFile = (
    name: string,
    value: string | undefined,
    onFailure: (message: string) => undefined,
  ): string | undefined => {
    const file = own(`${name}_FILE`);
    if (value !== undefined || file === undefined) return value;
    try {
      return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '') || undefined;
    } catch (error) {
      return onFailure(`${PREFIX}${name}_FILE cannot be read: ${messageOf(error)}`);
    }
  };
  return {
    own,
    // Not trimmed: a password may have blanks at its ends.
    password: () =>
      orFile('PASSWORD', environment[`${PREFIX}PASSWORD`] || undefined, (message) => void warn(message)),
    libpqPassword: () => environment.PGPASSWORD || undefined,
    url: () =>
      orFile('URL', own('URL'), (message) => {
        throw new StoreError('invalid_options', message);
      })?.trim() || undefined,
    number(name, least, most) {
      const value = own(name);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (Number.isInteger(number) && number >= least && number <= most) return number;
      return refuse(name, `a whole number from ${least} to ${most}`);
    },
    flag(name) {
      const value = own(name)?.toLowerCase();
      if (value === undefined) return undefined;
      if (value === 'true' || value === '1') return true;
      if (value === 'false' || value === '0') return false;
      return refuse(name, 'true or false');
    },
    libpq: read,
  };
}
