/** What the pricing service offers, to its server and its clients. JSON stands in for what `protoc` makes. */
import { makeClientConstructor, type ServiceError } from '@grpc/grpc-js';

export interface QuoteRequest {
  readonly item: string;
}

export interface Quote {
  readonly price: number;
  readonly left: number;
}

const toBytes = (message: unknown): Buffer => Buffer.from(JSON.stringify(message));
const fromBytes = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

export const PRICING = {
  quote: {
    path: '/shop.Pricing/Quote',
    requestStream: false,
    responseStream: false,
    requestSerialize: toBytes,
    requestDeserialize: fromBytes,
    responseSerialize: toBytes,
    responseDeserialize: fromBytes,
  },
} as const;

interface Pricing {
  quote(request: QuoteRequest, done: (error: ServiceError | null, quote: Quote) => void): unknown;
}

export const PricingClient = makeClientConstructor(PRICING, 'shop.Pricing') as unknown as new (
  ...args: ConstructorParameters<ReturnType<typeof makeClientConstructor>>
) => Pricing;
