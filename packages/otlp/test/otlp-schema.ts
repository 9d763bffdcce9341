import protobuf from 'protobufjs';

/**
 * The OTLP trace request as a schema for a general protobuf library: it writes what no SDK would, to see what the
 * decoder makes of it. `unknown_field` is not part of OTLP.
 */
const schema = protobuf.parse(
  `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; string unknown_field = 100; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string unknown_field = 100; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
    uint32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10; repeated Event events = 11;
    uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15;
    fixed32 flags = 16; double unknown_field = 100;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Link {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; fixed32 flags = 6;
  }
  message Status { string message = 2; uint32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
      ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; string unknown_value = 100;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }

  message RpcStatus { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  `,
).root;

/** Encodes `fields` (names in lowerCamelCase, 64-bit integers as bigint where they are large) as the
 * message `type`. */
export function encodeMessage(type: string, fields: object): Uint8Array {
  return schema
    .lookupType(type)
    .encode(Object(withHalves(fields)))
    .finish();
}

/** The library takes a large integer as its two halves. */
function withHalves(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return {
      low: Number(BigInt.asIntN(32, value)),
      high: Number(BigInt.asIntN(32, value >> 32n)),
      unsigned: false,
    };
  }
  if (Array.isArray(value)) return value.map(withHalves);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withHalves(item)]));
}

/** Decodes the message `type`. */
export function decodeMessage(type: string, body: Uint8Array): Record<string, unknown> {
  const message = schema.lookupType(type);
  return message.toObject(message.decode(body));
}

/** The least a span needs to be stored. */
export const plainSpan = {
  traceId: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex'),
  spanId: Buffer.from('b7ad6b7169203331', 'hex'),
  name: 'plain',
  startTimeUnixNano: 1_700_000_000_000_000_001n,
  endTimeUnixNano: 1_700_000_000_000_000_009n,
};

/** A request with these spans, as protobuf. */
export function encodeSpans(...spans: object[]): Uint8Array {
  return encodeMessage('Request', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** A request with one span that has these attributes, as protobuf. */
export function encodeSpanWith(...attributes: { key: string; value: object }[]): Uint8Array {
  return encodeSpans({ ...plainSpan, attributes });
}
