import type { SpanDocument } from '@agentops/server/api';

/** Any value an attribute can hold. */
export type AttributeValue = SpanDocument['attributes'][string];

/** A piece of JSON text, for colouring. Joined, the pieces are the text again. */
export interface JsonPiece {
  readonly type: 'key' | 'string' | 'number' | 'word' | 'plain';
  /** Where in the text it stands. */
  readonly at: number;
  readonly text: string;
}

/** The object or array that a text holds; undefined for any other text, and for JSON that was cut off. */
function parseStructure(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A value as people read it: JSON indented, also where it came as the text of a string; other text as it is. */
export function readable(value: unknown): { text: string; json: boolean } {
  if (typeof value !== 'string') return { text: JSON.stringify(value, null, 2) ?? '', json: true };
  const structure = parseStructure(value);
  return structure === undefined
    ? { text: value, json: false }
    : { text: JSON.stringify(structure, null, 2), json: true };
}

const PIECE = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Cuts JSON text into pieces by what they are. Text that is not JSON comes back whole, in one piece or more. */
export function jsonPieces(text: string): JsonPiece[] {
  const pieces: JsonPiece[] = [];
  let done = 0;
  const add = (type: JsonPiece['type'], piece: string) => {
    if (piece !== '') pieces.push({ type, at: done, text: piece });
    done += piece.length;
  };
  for (const { 0: whole, 1: string, 2: colon = '', 3: number, index } of text.matchAll(PIECE)) {
    add('plain', text.slice(done, index));
    if (string === undefined) add(number === undefined ? 'word' : 'number', whole);
    else add(colon === '' ? 'string' : 'key', string);
    add('plain', colon);
  }
  add('plain', text.slice(done));
  return pieces;
}
