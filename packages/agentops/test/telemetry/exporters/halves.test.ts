import { decodeTraces } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { OtlpWire } from '../../../src/telemetry/exporters/otlp-wire.ts';
import type { Wire } from '../../../src/telemetry/exporters/wire.ts';
import { ZipkinWire } from '../../../src/telemetry/exporters/zipkin-wire.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

const NAMES = ['a', 'b', 'c', 'd', 'root'];
const namesOf = (type: 'application/json' | 'application/x-protobuf') => (request: Uint8Array) =>
  decodeTraces(request, type).rows.map(({ operation_name }) => operation_name);

const wires: [string, () => Wire, (request: Uint8Array) => string[]][] = [
  ['http/protobuf', () => new OtlpWire({}), namesOf('application/x-protobuf')],
  ['http/json', () => new OtlpWire({ protocol: 'http/json' }), namesOf('application/json')],
  ['grpc', () => new OtlpWire({ protocol: 'grpc' }), namesOf('application/x-protobuf')],
  [
    'zipkin',
    () => new ZipkinWire(),
    (request) => JSON.parse(String(Buffer.from(request))).map(({ name }: { name: string }) => name),
  ],
];

describe.each(wires)('a request that is too large (T3), over %s', (_kind, make, names) => {
  it('is cut into halves that carry its spans, down to single ones', () => {
    const wire = make();
    const request = wire.encode(sampleSpans('a', 'b', 'c', 'd')) ?? new Uint8Array();
    const halves = wire.halve(request) ?? [];
    expect(halves.map(({ spans }) => spans)).toEqual([2, 3]);
    expect(halves.flatMap((half) => names(half.request))).toEqual(NAMES);

    const cut = (part: Uint8Array): Uint8Array[] =>
      wire.halve(part)?.flatMap((half) => cut(half.request)) ?? [part];
    expect(cut(request).map(names)).toEqual(NAMES.map((name) => [name]));
  });

  it('is left alone where it cannot be read', () => {
    expect(make().halve(Buffer.from('\u00ff{['))).toBeUndefined();
  });
});
