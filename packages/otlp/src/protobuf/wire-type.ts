/** How a protobuf field's value is laid out, from its tag. */
export const WireType = { VARINT: 0, FIXED64: 1, LENGTH_DELIMITED: 2, FIXED32: 5 } as const;

/** The tag that begins a field. */
export function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}
