import { decodeTraces } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { encodeSpans, encodeSpanWith, plainSpan } from './otlp-schema.ts';

type Value = Record<string, unknown>;

function decode(...attributes: { key: string; value: Value }[]) {
  const [row] = decodeTraces(encodeSpanWith(...attributes), 'application/x-protobuf').rows;
  return { attributes: row?.attributes, types: row?.types?.attributes };
}

const decodeOne = (value: Value) => decode({ key: 'key', value });

describe('the value of an attribute', () => {
  it.each([
    ['a string', { stringValue: 'text' }, 'text', undefined],
    ['an empty string', { stringValue: '' }, '', undefined],
    ['a boolean', { boolValue: false }, false, undefined],
    ['an integer', { intValue: -42 }, -42, undefined],
    ['the largest safe integer', { intValue: 9007199254740991n }, 9007199254740991, undefined],
    ['an integer beyond 2^53', { intValue: 9007199254740993n }, '9007199254740993', 'int'],
    ['the smallest integer', { intValue: -9223372036854775808n }, '-9223372036854775808', 'int'],
    ['a double', { doubleValue: 0.25 }, 0.25, undefined],
    ['an integral double', { doubleValue: 3 }, 3, 'double'],
    ['a negative zero', { doubleValue: -0 }, 0, 'double'],
    ['not a number', { doubleValue: Number.NaN }, 'NaN', 'double'],
    ['infinity', { doubleValue: Number.POSITIVE_INFINITY }, 'Infinity', 'double'],
    ['negative infinity', { doubleValue: Number.NEGATIVE_INFINITY }, '-Infinity', 'double'],
    ['bytes', { bytesValue: Buffer.from([0, 255, 16]) }, 'AP8Q', 'bytes'],
    ['nothing', {}, null, undefined],
    ['a value of a type yet to come', { unknownValue: 'new' }, null, undefined],
  ])('may be %s', (_name, value, stored, type) => {
    expect(decodeOne(value)).toEqual({ attributes: { key: stored }, types: type && { key: type } });
  });

  it('may be arrays and maps inside one another, with the path of every value JSON cannot type', () => {
    const list = { values: [{ intValue: 1 }, { doubleValue: 2 }] };
    const map = {
      values: [
        { key: 'a/b~c', value: { bytesValue: Buffer.from('x') } },
        { key: 'list', value: { arrayValue: list } },
      ],
    };
    expect(
      decode({ key: 'list', value: { arrayValue: list } }, { key: 'map/1', value: { kvlistValue: map } }),
    ).toEqual({
      attributes: { list: [1, 2], 'map/1': { 'a/b~c': 'eA==', list: [1, 2] } },
      types: { 'list/1': 'double', 'map~11/a~1b~0c': 'bytes', 'map~11/list/1': 'double' },
    });
  });

  it('says where it is nested too deep, and the span is kept', () => {
    let value: Value = { stringValue: 'deepest' };
    for (let depth = 0; depth < 40; depth++) value = { arrayValue: { values: [value] } };
    const stored = JSON.stringify(decodeOne(value).attributes);
    expect(stored).toContain('[nested deeper than 32 levels]');
    expect(stored.match(/\[/g)).toHaveLength(33);
  });

  it('is the first one where a name is given twice', () => {
    const twice = [
      { key: 'n', value: { intValue: 2 } },
      { key: 'n', value: { doubleValue: 1 } },
    ];
    expect(decode(...twice)).toEqual({ attributes: { n: 2 }, types: undefined });
    expect(decodeOne({ kvlistValue: { values: twice } })).toEqual({
      attributes: { key: { n: 2 } },
      types: undefined,
    });
  });

  it('may be named like a property of every object', () => {
    const { attributes } = decode(
      {
        key: '__proto__',
        value: { kvlistValue: { values: [{ key: 'polluted', value: { boolValue: true } }] } },
      },
      { key: 'constructor', value: { intValue: 1 } },
    );
    expect(Object.entries(attributes ?? {})).toEqual([
      ['__proto__', { polluted: true }],
      ['constructor', 1],
    ]);
    expect(attributes).not.toHaveProperty('polluted');
  });
});

describe('text PostgreSQL cannot hold', () => {
  it('has NUL made visible, in names and values', () => {
    const span = {
      ...plainSpan,
      name: 'a\0b',
      status: { message: '\0' },
      traceState: 'k=\0',
      events: [{ name: 'e\0' }],
    };
    expect(decodeTraces(encodeSpans(span), 'application/x-protobuf').rows).toMatchObject([
      { operation_name: 'a␀b', status_message: '␀', trace_state: 'k=␀', events: [{ name: 'e␀' }] },
    ]);
    expect(decode({ key: 'k\0', value: { stringValue: 'v\0' } }).attributes).toEqual({ 'k␀': 'v␀' });
  });

  it('has a lone surrogate of JSON replaced', () => {
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
      "startTimeUnixNano":"1","attributes":[{"key":"k","value":{"stringValue":"\\ud83d! \\ud83d\\ude00"}}]}]}]}]}`;
    const { rows } = decodeTraces(Buffer.from(body), 'application/json');
    expect(rows[0]?.attributes).toEqual({ k: '\ufffd! 😀' });
  });

  it.each(['application/x-protobuf', 'application/json'] as const)(
    'has invalid UTF-8 of %s replaced',
    (contentType) => {
      const json =
        '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","startTimeUnixNano":"1","attributes":[{"key":"k","value":{"stringValue":"~x~"}}]}]}]}]}';
      const request =
        contentType === 'application/json'
          ? Buffer.from(json)
          : Buffer.from(encodeSpanWith({ key: 'k', value: { stringValue: '~x~' } }));
      request[request.indexOf('~x~')] = 0xff;
      expect(decodeTraces(request, contentType).rows[0]?.attributes).toEqual({ k: '\ufffdx~' });
    },
  );
});
