import { z } from 'zod';

/** What one has to know of a value beyond its type. */
export interface Trait {
  readonly kind: /** Functions and objects of the program's: no text can stand for them. */
    | 'code'
    /** A file or directory; in a file, relative to that file. */
    | 'path'
    /** The same, or the content of one. */
    | 'pem'
    | 'duration'
    | 'bytes';
}

/** The traits of schemas, by the schema itself. */
export const traits = z.registry<Trait>();

export function kindOf(schema: z.ZodType): Trait['kind'] | undefined {
  return traits.get(schema)?.kind;
}
