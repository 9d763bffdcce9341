import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { Document, LineCounter, Pair, YAMLMap } from 'yaml';
import { z } from 'zod';
import { isAddress } from './destinations.ts';
import { type Environment, fitting, isScalar, listOf, textOf } from './environment.ts';
import type { Layer } from './layers.ts';
import { type Problem, unknownKey } from './problem.ts';
import { kindOf } from './schema/traits.ts';
import { groupFor, membersOf, schemaWithin, toSnakeCase } from './schema/walk.ts';
import { initOptionsSchema } from './schema.ts';
import { isSecret } from './secrets.ts';
import { type Path, type Source, Sources } from './source.ts';
import { substitute } from './substitution.ts';

/** What is read where no file is named. */
export const DEFAULT_FILE = 'agentops.yaml';

/** Options that cannot stand in the file: they say where it is. */
export const NOT_IN_FILE: readonly string[] = ['configFile'];

/** References to anchors in one file at most: they can be nested until they fill the memory. */
const MAX_ALIASES = 1000;

/** What a file says, before the schema has seen it. */
export interface FileLayer extends Layer {
  readonly file: string;
  readonly problems: readonly Problem[];
}

/**
 * Reads and parses a file. Everything that is wrong with its text is among the `problems`.
 *
 * @throws where it cannot be read.
 */
export function readFile(file: string, env: Environment): FileLayer {
  return parseFile(readFileSync(file, 'utf8'), file, env);
}

/** @param file Absolute; stands in messages, and paths in it are relative to its directory. */
function parseFile(text: string, file: string, env: Environment): FileLayer {
  const yaml = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const reader = new Reader({ yaml, document, lines, file, env });
  return { file, ...reader.read() };
}

interface ReaderOptions {
  readonly yaml: typeof import('yaml');
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly file: string;
  readonly env: Environment;
}

class Reader {
  readonly #options: ReaderOptions;
  readonly #sources = new Sources();
  readonly #problems: Problem[] = [];
  /** Items of lists that cannot be used. */
  readonly #leftOut = new Set<string>();
  #aliases = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  read(): Layer & { readonly problems: readonly Problem[] } {
    return { values: this.#values(), sources: this.#sources, problems: this.#problems };
  }

  #values(): Layer['values'] {
    const { document, yaml } = this.#options;
    for (const { pos, message } of document.errors) {
      this.#problems.push({
        path: [],
        source: this.#at(pos[0]),
        reason: `${message}; nothing of the file is used`,
      });
    }
    if (document.errors.length > 0 || document.contents === null) return {};
    if (yaml.isScalar(document.contents) && document.contents.value === null) return {};
    if (!yaml.isMap(document.contents)) {
      this.#refuse([], document.contents, 'expected options under the key "telemetry"');
      return {};
    }
    let values: Layer['values'] = {};
    for (const { key, value } of document.contents.items) {
      const name = this.#text(key);
      if (name === 'telemetry') values = this.#telemetry(value);
      else if (!name.startsWith('x-')) {
        this.#refuse(
          [],
          key,
          `"${name}" is unknown here; expected the key "telemetry", with all options under it`,
        );
      }
    }
    return values;
  }

  #telemetry(node: unknown): Layer['values'] {
    const values = this.#value(node, initOptionsSchema, []);
    if (values === undefined) return {};
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
      return values as Layer['values'];
    }
    this.#refuse([], node, 'expected options under "telemetry"');
    return {};
  }

  /** Undefined for what is absent: null, and what names a variable that is not set. */
  #value(node: unknown, schema: z.ZodType | undefined, path: Path): unknown {
    const { yaml, document } = this.#options;
    if (yaml.isAlias(node)) {
      this.#aliases += 1;
      if (this.#aliases > MAX_ALIASES) return undefined;
      const value = this.#value(node.resolve(document), schema, path);
      this.#sources.set(path, this.#place(node));
      return value;
    }
    if (path.length > 0) this.#sources.set(path, this.#place(node));
    if (yaml.isMap(node)) return this.#map(node, schema, path);
    if (yaml.isSeq(node)) {
      const items: unknown[] = [];
      const gone: number[] = [];
      const inner = schema && schemaWithin(schema, items, 0);
      for (const [index, item] of node.items.entries()) {
        const itemPath = [...path, index];
        const value = this.#value(item, inner, itemPath);
        if (value !== undefined && !this.#leftOut.has(itemPath.join('.'))) items.push(value);
        else gone.unshift(index);
      }
      for (const index of gone) this.#sources.removeItem(path, index);
      return items;
    }
    if (!yaml.isScalar(node) || node.value === null) return undefined;
    return typeof node.value === 'string' ? this.#string(node.value, schema, path) : node.value;
  }

  #map(node: YAMLMap, schema: z.ZodType | undefined, path: Path): unknown {
    const sketch = Object.fromEntries(
      node.items.map((pair) => [camelCase(this.#text(pair.key)), this.#sketch(pair)]),
    );
    const group = schema && groupFor(schema, sketch);
    const known = new Map(
      Object.keys(group?.shape ?? {})
        .filter((key) => path.length > 0 || !NOT_IN_FILE.includes(key))
        .map((key) => [toSnakeCase(key), key]),
    );
    const values: Record<string, unknown> = {};
    for (const pair of node.items) {
      const name = this.#text(pair.key);
      const key = group === undefined ? name : known.get(name);
      if (key === undefined) {
        const reason = unknownKey(name, path, group, 'file');
        this.#problems.push({
          path: [...path, name],
          source: this.#place(pair.key),
          reason,
          isUnknown: true,
        });
        this.#leaveOut(path);
        continue;
      }
      const inner = schema && schemaWithin(schema, sketch, key);
      const value = this.#value(pair.value, inner, [...path, key]);
      const isLeftOut = this.#leftOut.has([...path, key].join('.'));
      if (value !== undefined && !isLeftOut) values[key] = value;
      else this.#sources.set([...path, key], { kind: 'default' });
    }
    return values;
  }

  #string(text: string, schema: z.ZodType | undefined, path: Path): unknown {
    const { env, file } = this.#options;
    const result = substitute(text, (name) => lookUp(name, env));
    if ('missing' in result) {
      const names = result.missing.map((name) => `\${${name}}`).join(', ');
      const reason = `${names} is not set; set it, or give a default: \${${result.missing[0]}:-default}`;
      const source = this.#sources.of(path);
      if (!isAddress(path)) this.#problems.push({ path, source, reason, isValueOnly: true });
      else {
        this.#problems.push({ path, source, reason });
        this.#leaveOut(path);
      }
      return undefined;
    }
    // As if the variable had been left out: whoever gives an empty default says so.
    if (result.isChanged && result.text === '') return undefined;
    if (schema === undefined) return result.text;
    const members = membersOf(schema);
    const isPath = members.some((member) => kindOf(member) === 'path');
    const isPem = members.some((member) => kindOf(member) === 'pem') && !result.text.includes('-----BEGIN');
    if (isPath || isPem) return resolve(dirname(file), result.text);
    if (!result.isChanged) return isOneOfList(schema, result.text) ? listOf(result.text) : result.text;
    const fit = fitting(schema, result.text);
    return 'value' in fit ? fit.value : result.text;
  }

  /** Half an item of a list is another item, so it goes as a whole; as does a group without its address. */
  #leaveOut(path: Path): void {
    const index = path.findIndex((part) => typeof part === 'number');
    const whole = index !== -1 ? path.slice(0, index + 1) : isAddress(path) ? path.slice(0, -1) : undefined;
    if (whole !== undefined) this.#leftOut.add(whole.join('.'));
  }

  #sketch({ value }: Pair): unknown {
    return this.#options.yaml.isScalar(value) ? value.value : value;
  }

  #text(key: unknown): string {
    return this.#options.yaml.isScalar(key) ? String(key.value) : String(key);
  }

  #refuse(path: Path, node: unknown, reason: string): void {
    this.#problems.push({ path, source: this.#place(node), reason });
  }

  #place(node: unknown): Source {
    const { yaml } = this.#options;
    return this.#at(yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0);
  }

  #at(offset: number): Source {
    const { line, col } = this.#options.lines.linePos(offset);
    return { kind: 'file', file: this.#options.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** Secrets of ours may also stand in the file that `NAME_FILE` names. */
function lookUp(name: string, env: Environment): string | undefined {
  const isOurs = name.startsWith('AGENTOPS_') && isSecret([name.toLowerCase()]);
  return textOf(name, env, isOurs || name === 'AGENTOPS_POSTGRES_URL')?.text;
}

/** A text where a list of texts is wanted means the list of it, as in the environment. */
function isOneOfList(schema: z.ZodType, text: string): boolean {
  const lists = membersOf(schema).filter((member) => member instanceof z.ZodArray);
  return (
    lists.some(({ element }) => membersOf(element as z.ZodType).some(isScalar)) &&
    !schema.safeParse(text).success
  );
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
