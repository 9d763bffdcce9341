import { z } from 'zod';
import { nearestOf } from '../nearest.ts';
import { EXPORTERS } from './exporters.ts';

/** What a value may be: the schema without its wrappers, and for a union each of its members. */
export function membersOf(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly) {
    return membersOf(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) return (schema.options as readonly z.ZodType[]).flatMap(membersOf);
  return [schema];
}

/** The group of options that `value` is meant to be, among what `schema` allows; undefined where it is none. */
export function groupFor(schema: z.ZodType, value: object): z.ZodObject | undefined {
  const groups = membersOf(schema).filter((member) => member instanceof z.ZodObject);
  if (groups.length < 2) return groups[0];
  const { type } = value as { type?: unknown };
  if (groups.some((group) => 'type' in group.shape)) return EXPORTERS[String(type)];
  const common = (group: z.ZodObject) => {
    const names = Object.keys(group.shape).map((key) => ({ key }));
    const near = Object.keys(value).filter((key) => nearestOf(key, names) !== undefined).length;
    return Object.keys(value).filter((key) => key in group.shape).length + near / 2;
  };
  return groups.toSorted((a, b) => common(b) - common(a))[0];
}

/** The schema of what lies in `schema` under `key`: an option, an entry of the user's, or an item of a list. */
export function schemaWithin(schema: z.ZodType, value: object, key: string | number): z.ZodType | undefined {
  if (typeof key === 'number') {
    return membersOf(schema).find((member) => member instanceof z.ZodArray)?.element as z.ZodType | undefined;
  }
  const group = groupFor(schema, value);
  if (group !== undefined) return group.shape[key] as z.ZodType | undefined;
  return membersOf(schema).find((member) => member instanceof z.ZodRecord)?.valueType as
    | z.ZodType
    | undefined;
}

/** One option, of whatever depth; items of lists have none. */
export interface Option {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
}

/** Every option in `group`, the groups themselves among them. */
export function optionsIn(group: z.ZodObject, above: readonly string[] = []): Option[] {
  return Object.entries(group.shape).flatMap(([key, property]) => {
    const schema = property as z.ZodType;
    const path = [...above, key];
    const inner = membersOf(schema).find((member) => member instanceof z.ZodObject);
    return [{ path, schema }, ...(inner === undefined || isModule(inner) ? [] : optionsIn(inner, path))];
  });
}

/** A module's options are the user's own. */
export function isModule(group: z.ZodObject): boolean {
  return 'module' in group.shape;
}

/** As keys stand in the file. */
export function toSnakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
