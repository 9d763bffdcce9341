import { decodeTraces, OtlpDecodeError } from '@agentops/otlp';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { encodeMessage, encodeSpans, plainSpan } from '../otlp-schema.ts';

const decode = (body: Uint8Array) => decodeTraces(body, 'application/x-protobuf');

/** A field of `bytes`, or of another message already encoded. */
function field(number: number, ...contents: Uint8Array[]): Uint8Array {
  return protobuf.Writer.create()
    .uint32((number << 3) | 2)
    .bytes(Buffer.concat(contents))
    .finish();
}

describe('D3: OTLP/protobuf', () => {
  it('skips fields it does not know, of every kind', () => {
    const request = {
      unknownField: 'new',
      resourceSpans: [
        { unknownField: 'new', scopeSpans: [{ spans: [{ ...plainSpan, unknownField: 0.5 }] }] },
      ],
    };
    const group = Buffer.from([0x9b, 0x06, 0x08, 0x01, 0x9c, 0x06]);
    expect(decode(Buffer.concat([group, encodeMessage('Request', request)])).rows).toMatchObject([
      { operation_name: 'plain' },
    ]);
  });

  it('finds the resource and the scope also after the spans they describe', () => {
    const span = field(2, encodeMessage('Span', plainSpan));
    const scope = field(1, encodeMessage('Scope', { name: 'late', version: '1' }));
    const resource = field(
      1,
      encodeMessage('Resource', { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }),
    );
    const body = field(1, field(2, span, scope), resource);
    expect(decode(body).rows).toMatchObject([
      { service_name: 'shop', scope_name: 'late', scope_version: '1' },
    ]);
  });

  it('finds the key of an attribute also after its value', () => {
    const attribute = field(
      9,
      field(2, encodeMessage('AnyValue', { intValue: 7 })),
      field(1, Buffer.from('late')),
    );
    const span = field(2, encodeMessage('Span', plainSpan), attribute);
    expect(decode(field(1, field(2, span))).rows).toMatchObject([{ attributes: { late: 7 } }]);
  });

  it('reads a view into a larger buffer', () => {
    const request = encodeSpans(plainSpan);
    const larger = new Uint8Array(request.length + 20).fill(0xff);
    larger.set(request, 7);
    expect(decode(larger.subarray(7, 7 + request.length)).rows).toHaveLength(1);
  });

  it('has no spans in an empty request', () => {
    expect(decode(new Uint8Array())).toEqual({ rows: [], rejected: [] });
  });

  it.each([
    ['cut short', encodeSpans(plainSpan).subarray(0, 40), /at byte \d+/],
    ['text', Buffer.from('{"resourceSpans":[]}'), /at byte \d+/],
    [
      'a field of the wrong type',
      Buffer.from([0x08, 0x01]),
      /at byte 1: field 1 is varint where length-delimited was expected/,
    ],
    ['a field number of zero', Buffer.from([0x02, 0x00]), /field number 0/],
    ['an unknown wire type', Buffer.from([0x0f]), /unknown wire type 7/],
    ['a message longer than the body', Buffer.from([0x0a, 0x7f]), /127 bytes does not fit/],
    [
      'a message longer than the one it is in',
      Buffer.from([0x0a, 0x02, 0x0a, 0x03, 0, 0, 0]),
      /3 bytes does not fit/,
    ],
    [
      'a field longer than its message',
      Buffer.from([0x0a, 0x02, 0x1a, 0x05, 0, 0, 0, 0, 0]),
      /longer than the message/,
    ],
    ['a length that never ends', Buffer.alloc(20, 0xff), /at byte \d+/],
    ['groups without end', Buffer.alloc(10_000, 0x0b), /at byte \d+/],
  ])('is refused where the body is %s, and the error says where', (_name, body, message) => {
    expect(() => decode(body)).toThrow(message);
    expect(() => decode(body)).toThrow(OtlpDecodeError);
  });

  it('stops at the nesting limit of a hostile value instead of exhausting the stack', () => {
    let value: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 5_000; depth++) value = field(5, field(1, value));
    const span = field(2, encodeMessage('Span', plainSpan), field(9, field(2, value)));
    expect(JSON.stringify(decode(field(1, field(2, span))).rows[0]?.attributes)).toContain('nested deeper');
  });
});
