import { InstrumentedProvider } from '../../instrumented-provider.ts';
import { chatCompletions } from './chat-completions.ts';

/** What is needed of an OpenAI client (`openai` 6 and 7). */
export interface OpenAIClient {
  readonly chat: { readonly completions: { readonly create: (...args: never[]) => unknown } };
}

export class OpenAIProvider extends InstrumentedProvider<OpenAIClient> {
  override readonly name = 'openai';
  protected override readonly methods = [chatCompletions];

  override recognises(client: object): client is OpenAIClient {
    const { chat } = client as Partial<OpenAIClient>;
    return typeof chat?.completions?.create === 'function';
  }

  protected override errorType(error: unknown): string | undefined {
    const { code, type } = error as { code?: unknown; type?: unknown };
    return [code, type].find((value) => typeof value === 'string');
  }
}
