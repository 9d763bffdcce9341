import { InstrumentedProvider } from '../../instrumented-provider.ts';
import { compatibleProvider } from '../compatible-hosts.ts';
import { stainlessRequests } from '../stainless/requests.ts';
import { betaMessages, messages } from './messages.ts';

/** What is needed of an Anthropic client (`@anthropic-ai/sdk` 0.x and 1.x). */
export interface AnthropicClient {
  readonly messages: { readonly create: (...args: never[]) => unknown };
}

export class AnthropicProvider extends InstrumentedProvider<AnthropicClient> {
  override readonly name = 'anthropic';
  protected override readonly methods = [messages, betaMessages];
  protected override readonly requests = stainlessRequests;
  /** They start spans of the client's own tracer. */
  protected override readonly preparesFirst = true;

  override recognises(client: object): client is AnthropicClient {
    return typeof (client as Partial<AnthropicClient>).messages?.create === 'function';
  }

  /**
   * The client has a tracer of its own since 0.134, which makes a second span for each call and sends trace context
   * and baggage to the provider. An instrumented client has our span, and its requests stay what they were.
   */
  protected override prepare(client: AnthropicClient): void {
    if ('_tracer' in client) client._tracer = undefined;
  }

  protected override providerOf(client: object): string {
    return compatibleProvider(Reflect.get(client, 'baseURL')) ?? this.name;
  }

  /** The errors of 0.x are all called `Error`: where the API has not typed one, its class says what it is. */
  protected override errorType(error: unknown): string | undefined {
    const { type } = Object(error) as { readonly type?: unknown };
    if (typeof type === 'string') return type;
    return error instanceof Error ? error.constructor.name : undefined;
  }
}
