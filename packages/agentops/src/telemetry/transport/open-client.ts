import type { Client, Destination } from './destination.ts';
import { GrpcClient } from './grpc-client.ts';
import { HttpClient } from './http-client.ts';

/** The client that speaks a destination's transport. */
export function openClient(destination: Destination): Client {
  return destination.transport === 'grpc' ? new GrpcClient(destination) : new HttpClient(destination);
}
