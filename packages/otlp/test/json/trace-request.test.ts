import { decodeTraces, OtlpDecodeError } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';

const plainSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  startTimeUnixNano: '1700000000000000001',
};

const requestWith = (span: object) => ({
  resourceSpans: [{ scopeSpans: [{ spans: [{ ...plainSpan, ...span }] }] }],
});

const decode = (request: unknown) =>
  decodeTraces(Buffer.from(JSON.stringify(request)), 'application/json').rows;

describe('D3: OTLP/JSON', () => {
  it('takes ids in any case', () => {
    const ids = {
      traceId: plainSpan.traceId.toUpperCase(),
      spanId: 'B7ad6b7169203331',
      parentSpanId: 'AAAAAAAAAAAAAAAA',
    };
    expect(decode(requestWith(ids))).toMatchObject([
      { ...{ trace_id: plainSpan.traceId, span_id: plainSpan.spanId }, parent_span_id: 'a'.repeat(16) },
    ]);
  });

  it.each([
    ['numbers', 3, 2],
    ['their names', 'SPAN_KIND_CLIENT', 'STATUS_CODE_ERROR'],
    ['numbers in strings', '3', '2'],
  ])('takes enumerations as %s', (_form, kind, code) => {
    expect(decode(requestWith({ kind, status: { code } }))).toMatchObject([{ kind: 3, status: 2 }]);
  });

  it('takes 64-bit integers as strings and as numbers', () => {
    const attributes = [
      { key: 'string', value: { intValue: '-7' } },
      { key: 'number', value: { intValue: 7 } },
      { key: 'large', value: { intValue: '9223372036854775807' } },
    ];
    const [row] = decode(requestWith({ startTimeUnixNano: 1_700_000_000_000_000_000, attributes }));
    expect(row).toMatchObject({
      start_time: 1_700_000_000_000_000_000n,
      attributes: { string: -7, number: 7, large: '9223372036854775807' },
      types: { attributes: { large: 'int' } },
    });
  });

  it('takes an integer beyond 64 bits for the double it is', () => {
    const [row] = decode(requestWith({ attributes: [{ key: 'n', value: { intValue: 1e20 } }] }));
    expect(row).toMatchObject({ attributes: { n: 1e20 }, types: { attributes: { n: 'double' } } });
  });

  it('takes doubles that JSON has no number for', () => {
    const attributes = ['NaN', '-Infinity', '1e3'].map((doubleValue) => ({
      key: doubleValue,
      value: { doubleValue },
    }));
    expect(decode(requestWith({ attributes }))[0]?.attributes).toEqual({
      NaN: 'NaN',
      '-Infinity': '-Infinity',
      '1e3': 1000,
    });
  });

  it('takes bytes in standard and in URL-safe base64', () => {
    const attributes = ['+/8=', '-_8'].map((bytesValue) => ({ key: bytesValue, value: { bytesValue } }));
    expect(decode(requestWith({ attributes }))[0]?.attributes).toEqual({ '+/8=': '+/8=', '-_8': '+/8=' });
  });

  it('ignores unknown fields, and takes null for absent', () => {
    const span = { color: 'red', name: null, attributes: null, kind: null, status: null, events: null };
    const request = { ...requestWith(span), resource_spans: 1, extra: {} };
    expect(decode(request)).toMatchObject([
      { operation_name: '', attributes: {}, kind: 0, status: 0, events: [] },
    ]);
  });

  it('has no spans in an empty request', () => {
    expect(decode({})).toEqual([]);
    expect(decode({ resourceSpans: [{ scopeSpans: [{}] }] })).toEqual([]);
  });

  it.each([
    ['no JSON', 'spans', /the body is not JSON/],
    ['cut short', '{"resourceSpans":[', /the body is not JSON/],
    ['empty', '', /the body is not JSON/],
    ['no object', '[]', /expected an object but found an array/],
    ['a list that is none', '{"resourceSpans":{}}', /at resourceSpans: expected an array/],
    [
      'a nested value that is no object',
      '{"resourceSpans":[{"scopeSpans":[7]}]}',
      /at resourceSpans\[0\]\.scopeSpans\[0\]: expected an object but found 7/,
    ],
    [
      'a name that is no string',
      JSON.stringify(requestWith({ name: 5 })),
      /at resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.name: expected a string but found 5/,
    ],
    [
      'a time that is none',
      JSON.stringify(requestWith({ startTimeUnixNano: 'soon' })),
      /startTimeUnixNano: expected an integer.* but found "soon"/,
    ],
    [
      'a negative time',
      JSON.stringify(requestWith({ endTimeUnixNano: '-1' })),
      /endTimeUnixNano: expected an unsigned 64-bit integer/,
    ],
    [
      'a kind of no name',
      JSON.stringify(requestWith({ kind: 'SPAN_KIND_ODD' })),
      /kind: expected an integer/,
    ],
    [
      'bytes that are no base64',
      JSON.stringify(requestWith({ attributes: [{ key: 'k', value: { bytesValue: '!' } }] })),
      /attributes\[0\]\.value\.bytesValue: expected base64/,
    ],
    [
      'a double that is none',
      JSON.stringify(requestWith({ attributes: [{ key: 'k', value: { doubleValue: 'x' } }] })),
      /doubleValue: expected a number/,
    ],
    [
      'a boolean that is none',
      JSON.stringify(requestWith({ attributes: [{ key: 'k', value: { boolValue: 1 } }] })),
      /boolValue: expected true or false/,
    ],
    [
      'flags beyond 32 bits',
      JSON.stringify(requestWith({ flags: 2 ** 32 })),
      /flags: expected an unsigned 32-bit integer/,
    ],
  ])('is refused where the body is %s, and the error says where', (_name, body, message) => {
    expect(() => decodeTraces(Buffer.from(body), 'application/json')).toThrow(message);
    expect(() => decodeTraces(Buffer.from(body), 'application/json')).toThrow(OtlpDecodeError);
  });

  it('stops at the nesting limit of a hostile value instead of exhausting the stack', () => {
    const depth = 20_000;
    const nested = `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`;
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${plainSpan.traceId}","spanId":"${plainSpan.spanId}","startTimeUnixNano":"1","attributes":[{"key":"k","value":${nested}}]}]}]}]}`;
    expect(JSON.stringify(decodeTraces(Buffer.from(body), 'application/json').rows[0]?.attributes)).toContain(
      'nested deeper',
    );
  });
});
