/** What is needed of `@grpc/grpc-js`, without importing it. */
import type { RpcStatus } from './rpc-status.ts';

export interface GrpcMetadata {
  get(key: string): unknown;
  set(key: string, value: string): void;
  clone(): GrpcMetadata;
}

/** What is told to whoever makes a call. */
export interface ClientListener {
  onReceiveMetadata?: (metadata: GrpcMetadata) => void;
  onReceiveMessage?: (message: unknown) => void;
  onReceiveStatus?: (status: RpcStatus) => void;
}

export interface ClientCall {
  getPeer(): string;
  start(metadata: GrpcMetadata, listener?: ClientListener): void;
}

/** What is told to whoever answers a call. */
export interface ServerListener {
  onReceiveMetadata(metadata: GrpcMetadata): void;
  onReceiveMessage(message: unknown): void;
  onReceiveHalfClose(): void;
  onCancel(): void;
}

export interface ServerCall {
  getPeer(): string;
  start(listener: ServerListener): void;
  sendStatus(status: RpcStatus): void;
}
