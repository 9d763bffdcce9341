import { encodeExportResponse } from '@agentops/otlp';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { describe, expect, it } from 'vitest';

describe('D3: the answer to a trace request', () => {
  it('has no partial success where everything was taken', () => {
    expect(encodeExportResponse('application/x-protobuf')).toHaveLength(0);
    expect(Buffer.from(encodeExportResponse('application/json')).toString()).toBe('{}');
  });

  it('tells an OpenTelemetry exporter how many spans were rejected and why', () => {
    const message = `the trace id is all zero, ${'x'.repeat(300)}`;
    expect(
      ProtobufTraceSerializer.deserializeResponse(
        encodeExportResponse('application/x-protobuf', 300, message),
      ),
    ).toEqual({
      partialSuccess: { rejectedSpans: 300, errorMessage: message },
    });
    expect(
      JsonTraceSerializer.deserializeResponse(encodeExportResponse('application/json', 300, message)),
    ).toEqual({
      partialSuccess: { rejectedSpans: '300', errorMessage: message },
    });
  });

  it('may carry a warning though nothing was rejected', () => {
    const answer = encodeExportResponse('application/x-protobuf', 0, 'use gzip');
    expect(ProtobufTraceSerializer.deserializeResponse(answer)).toMatchObject({
      partialSuccess: { errorMessage: 'use gzip' },
    });
  });
});
