import type { Attributes } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';

/** What is called, as OpenTelemetry's RPC conventions name it. */
export interface RpcMethod {
  /** `package.Service/Method`. */
  readonly name: string;
  readonly attributes: Attributes;
}

/** @param path `/package.Service/Method`, as it stands in the request. */
export function rpcMethod(path: string): RpcMethod {
  const name = path.replace(/^\//, '');
  const slash = name.lastIndexOf('/');
  return {
    name,
    attributes: {
      [attr.ATTR_RPC_SYSTEM]: 'grpc',
      [attr.ATTR_RPC_SERVICE]: name.slice(0, Math.max(slash, 0)),
      [attr.ATTR_RPC_METHOD]: name.slice(slash + 1),
    },
  };
}
