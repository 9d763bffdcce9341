import { z } from 'zod';
import { NOT_IN_FILE } from './file.ts';
import { traits } from './schema/traits.ts';
import { toSnakeCase } from './schema/walk.ts';
import { initOptionsSchema } from './schema.ts';

type Schema = { [key: string]: unknown };

/** Marks what only code can give, until it is taken out. */
const CODE = 'x-code';

/** The JSON Schema (draft 7) of the file, for editors. */
export function configJsonSchema(): Schema {
  const generated = z.toJSONSchema(initOptionsSchema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodCustom && traits.get(zodSchema)?.kind === 'code') {
        Object.assign(jsonSchema, { [CODE]: true });
      }
    },
  }) as Schema;
  const { $schema, ...telemetry } = generated;
  const { properties, ...rest } = forFile(telemetry);
  const hidden = NOT_IN_FILE.map(toSnakeCase);
  const shown = Object.entries(properties as Schema).filter(([key]) => !hidden.includes(key));
  return {
    $schema,
    $id: 'urn:agentops:configuration',
    title: 'agentops.yaml',
    description:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own notation
      'Configuration of the AgentOps SDK. Texts may name environment variables: ${NAME}, ${NAME:-default}.',
    type: 'object',
    properties: { telemetry: { ...rest, properties: Object.fromEntries(shown) } },
    patternProperties: { '^x-': { description: 'For anchors.' } },
    additionalProperties: false,
  };
}

/** In the file's spelling, without what only code can give, and with a variable allowed wherever there is a value. */
function forFile(schema: Schema): Schema {
  const { properties, required, anyOf, oneOf, items, additionalProperties, ...rest } = schema;
  const result: Schema = { ...rest };
  if (isSchema(properties)) {
    const kept = Object.entries(properties).filter(([, inner]) => !isCodeOnly(inner));
    result.properties = Object.fromEntries(
      kept.map(([key, inner]) => [toSnakeCase(key), forFile(inner as Schema)]),
    );
  }
  if (Array.isArray(required)) result.required = required.map((key) => toSnakeCase(String(key)));
  if (isSchema(items)) result.items = forFile(items);
  if (additionalProperties !== undefined) {
    result.additionalProperties = isSchema(additionalProperties)
      ? forFile(additionalProperties)
      : additionalProperties;
  }
  const members = (anyOf ?? oneOf) as Schema[] | undefined;
  if (members !== undefined) {
    const kept = members.filter((member) => !isCodeOnly(member)).map(forFile);
    if (kept.length === 1) return { ...kept[0], ...result };
    result.anyOf = kept;
  }
  return result.type === 'array' && textsIn(result.items).length > 0
    ? withSingle(result)
    : withVariable(result);
}

/** One text instead of a list of one. */
function withSingle({ description, ...list }: Schema): Schema {
  return { ...(description !== undefined && { description }), anyOf: [list, ...textsIn(list.items)] };
}

function textsIn(items: unknown): Schema[] {
  if (!isSchema(items)) return [];
  return Array.isArray(items.anyOf) ? items.anyOf.flatMap(textsIn) : items.type === 'string' ? [items] : [];
}

/** A number, a switch or a choice can also come from a variable. */
function withVariable(schema: Schema): Schema {
  const isChoice = Array.isArray(schema.enum) && schema.type === 'string';
  if (schema.type === 'string' && !isChoice && schema.const === undefined) {
    const { format: _, pattern, ...text } = schema;
    return { ...text, ...(pattern !== undefined && { pattern: `${String(pattern)}|\\$\\{` }) };
  }
  const isConstant = schema.const !== undefined && schema.type !== 'boolean';
  if (isConstant || !(isChoice || ['number', 'integer', 'boolean'].includes(String(schema.type))))
    return schema;
  const { description, ...value } = schema;
  return {
    ...(description !== undefined && { description }),
    anyOf: [value, { type: 'string', pattern: '\\$\\{' }],
  };
}

function isCodeOnly(schema: unknown): boolean {
  if (!isSchema(schema)) return false;
  if (schema[CODE] === true) return true;
  const members = (schema.anyOf ?? schema.oneOf) as unknown[] | undefined;
  return members?.every(isCodeOnly) ?? false;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
