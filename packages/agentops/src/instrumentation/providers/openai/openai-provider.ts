import { InstrumentedProvider } from '../../instrumented-provider.ts';
import type { ProviderServer } from '../../provider-server.ts';
import { compatibleProvider } from '../compatible-hosts.ts';
import { stainlessRequests } from '../stainless/requests.ts';
import { BackgroundResponses } from './background-responses.ts';
import { chatCompletions } from './chat-completions.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { knowsIncludeUsage } from './include-usage.ts';

/** What is needed of an OpenAI client (`openai` 6 and 7). */
export interface OpenAIClient {
  readonly chat: { readonly completions: { readonly create: (...args: never[]) => unknown } };
}

export class OpenAIProvider extends InstrumentedProvider<OpenAIClient> {
  override readonly name = 'openai';
  readonly #background = new BackgroundResponses();
  protected override readonly methods = [chatCompletions, this.#background.create, embeddings, completions];
  protected override readonly requests = stainlessRequests.map((method) => this.#background.watching(method));

  override recognises(client: object): client is OpenAIClient {
    const { chat } = client as Partial<OpenAIClient>;
    return typeof chat?.completions?.create === 'function';
  }

  protected override providerOf(client: object): string {
    const known = compatibleProvider(Reflect.get(client, 'baseURL'));
    if (known !== undefined) return known;
    // The client made for Azure, at a host of one's own in front of it.
    return typeof Reflect.get(client, 'apiVersion') === 'string' ? 'azure.ai.openai' : this.name;
  }

  protected override knowsStreamUsage(client: object, { provider, serverAddress }: ProviderServer): boolean {
    return knowsIncludeUsage(provider, serverAddress, client);
  }

  /** The errors of the client are all called `Error`: where they carry no code, their class says what they are. */
  protected override errorType(error: unknown): string | undefined {
    const { code, type } = Object(error) as { readonly code?: unknown; readonly type?: unknown };
    const className = error instanceof Error ? error.constructor.name : undefined;
    return [code, type, className].find((value) => typeof value === 'string');
  }
}
