/** Field numbers on the way from an `ExportTraceServiceRequest` to its spans: `resource_spans`, `scope_spans`, `spans`. */
const PATH = [1, 2, 2] as const;

/** A part of a request, and how many spans it carries. */
export interface RequestPart {
  readonly request: Uint8Array;
  readonly spans: number;
}

/**
 * Cuts an OTLP protobuf request into two that carry half of its spans each, byte for byte as they were. Undefined where
 * there are fewer than two, or the request cannot be read.
 */
export function halveRequest(request: Uint8Array): readonly [RequestPart, RequestPart] | undefined {
  try {
    let spans = 0;
    select(request, 0, () => {
      spans += 1;
      return false;
    });
    const half = spans >> 1;
    const first = part(request, (index) => index < half);
    const second = part(request, (index) => index >= half);
    return first === undefined || second === undefined ? undefined : [first, second];
  } catch {
    return undefined;
  }
}

function part(request: Uint8Array, belongs: (index: number) => boolean): RequestPart | undefined {
  let index = 0;
  let spans = 0;
  const selected = select(request, 0, () => {
    const isSelected = belongs(index);
    index += 1;
    if (isSelected) spans += 1;
    return isSelected;
  });
  return selected === undefined ? undefined : { request: selected, spans };
}

/** `message` with those spans alone for which `wanted` holds; undefined where none is left in it. */
function select(message: Uint8Array, depth: number, wanted: () => boolean): Uint8Array | undefined {
  const kept: Uint8Array[] = [];
  let hasSpans = false;
  for (const { tag, from, end, start } of fieldsOf(message)) {
    const isOnPath = tag === (((PATH[depth] ?? 0) << 3) | LENGTH_DELIMITED);
    if (!isOnPath) {
      kept.push(message.subarray(start, end));
    } else if (depth === PATH.length - 1) {
      if (!wanted()) continue;
      kept.push(message.subarray(start, end));
      hasSpans = true;
    } else {
      const inner = select(message.subarray(from, end), depth + 1, wanted);
      if (inner === undefined) continue;
      kept.push(varint(tag), varint(inner.length), inner);
      hasSpans = true;
    }
  }
  return hasSpans ? Buffer.concat(kept) : undefined;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Where a field begins, where its content does, and where both end. */
interface Field {
  readonly tag: number;
  readonly start: number;
  readonly from: number;
  readonly end: number;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  for (let start = 0; start < message.length; ) {
    const [tag, afterTag] = readVarint(message, start);
    let from = afterTag;
    let end: number;
    switch (tag & 7) {
      case VARINT:
        [, end] = readVarint(message, from);
        break;
      case FIXED64:
        end = from + 8;
        break;
      case FIXED32:
        end = from + 4;
        break;
      case LENGTH_DELIMITED: {
        const [length, content] = readVarint(message, from);
        from = content;
        end = from + length;
        break;
      }
      default:
        throw new Error('no such wire type');
    }
    if (end > message.length) throw new Error('the message ends within a field');
    yield { tag, start, from, end };
    start = end;
  }
}

/** Not by shifting: from 2^31 on that would be negative. */
function readVarint(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0;
  for (let index = at, factor = 1; index < bytes.length; index += 1, factor *= 128) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, index + 1];
  }
  throw new Error('the message ends within a number');
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
