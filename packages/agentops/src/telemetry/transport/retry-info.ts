/** A field of a protobuf message: its number, and the bytes or the number it holds. */
interface Field {
  readonly number: number;
  readonly value: Uint8Array | number;
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * The milliseconds that a `google.rpc.RetryInfo` asks to wait, from the header `grpc-status-details-bin`: a
 * `google.rpc.Status` in Base64. Undefined where there is none, or what is there cannot be read.
 */
export function retryDelayOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  try {
    for (const detail of fieldsOf(Buffer.from(header, 'base64'))) {
      if (detail.number !== 3) continue;
      const any = new Map([...fieldsOf(detail.value)].map(({ number, value }) => [number, value]));
      if (textOf(any.get(1)) === RETRY_INFO) return delayOf(any.get(2) ?? new Uint8Array());
    }
  } catch {
    // Not what the header should hold.
  }
  return undefined;
}

/** `RetryInfo { Duration retry_delay = 1 }`, `Duration { int64 seconds = 1; int32 nanos = 2 }`. */
function delayOf(retryInfo: Uint8Array | number): number {
  let ms = 0;
  for (const { value } of [...fieldsOf(retryInfo)].filter(({ number }) => number === 1)) {
    for (const { number, value: amount } of fieldsOf(value)) {
      if (number === 1) ms += Number(amount) * 1000;
      if (number === 2) ms += Number(amount) / 1e6;
    }
  }
  return ms;
}

function textOf(value: Uint8Array | number | undefined): string | undefined {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
}

/** Of a message; throws where it is cut off or has a type of field that none of these messages has. */
function* fieldsOf(message: Uint8Array | number): Generator<Field> {
  if (typeof message === 'number') throw new RangeError('no message');
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at];
      if (byte === undefined) throw new RangeError('cut off');
      at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    if (wireType === 0) {
      yield { number, value: varint() };
    } else if (wireType === 2) {
      const length = varint();
      if (at + length > message.length) throw new RangeError('cut off');
      at += length;
      yield { number, value: message.subarray(at - length, at) };
    } else throw new RangeError('no such field');
  }
}
