/** A `google.rpc.Status` with a detail of `type` that is a `RetryInfo` of `ms` milliseconds, in protobuf. */
export function retryInfo(ms: number, type = 'google.rpc.RetryInfo'): Buffer {
  const seconds = Math.floor(ms / 1000);
  const duration = Buffer.concat([
    Buffer.of(0x08),
    varint(seconds),
    Buffer.of(0x10),
    varint((ms % 1000) * 1e6),
  ]);
  const any = Buffer.concat([
    field(1, Buffer.from(`type.googleapis.com/${type}`)),
    field(2, field(1, duration)),
  ]);
  return Buffer.concat([Buffer.of(0x08, 8), field(2, Buffer.from('later')), field(3, any)]);
}

function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
