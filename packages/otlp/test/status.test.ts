import { encodeStatus } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from './otlp-schema.ts';

describe('D3: a refusal as google.rpc.Status', () => {
  it('has a code and a message', () => {
    expect(decodeMessage('RpcStatus', encodeStatus('application/x-protobuf', 3, 'malformed'))).toEqual({
      code: 3,
      message: 'malformed',
    });
    expect(JSON.parse(Buffer.from(encodeStatus('application/json', 3, 'malformed')).toString())).toEqual({
      code: 3,
      message: 'malformed',
    });
  });

  it('says when to try again', () => {
    const status = decodeMessage('RpcStatus', encodeStatus('application/x-protobuf', 8, 'full', 30));
    expect(status).toEqual({
      code: 8,
      message: 'full',
      details: [
        {
          typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
          value: Buffer.from(encodeMessage('RetryInfo', { retryDelay: { seconds: 30 } })),
        },
      ],
    });
    expect(JSON.parse(Buffer.from(encodeStatus('application/json', 8, 'full', 30)).toString())).toEqual({
      code: 8,
      message: 'full',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '30s' }],
    });
  });
});
