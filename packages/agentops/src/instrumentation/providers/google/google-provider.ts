import { InstrumentedProvider } from '../../instrumented-provider.ts';
import { embedContent, generateContent, generateContentStream } from './generate-content.ts';

/** What is needed of a Google GenAI client (`@google/genai` 3). */
export interface GoogleClient {
  readonly models: { readonly generateContent: (...args: never[]) => unknown };
}

/** What the client, and each part of it, sends by. */
interface WithApiClient {
  readonly apiClient?: { readonly getBaseUrl?: () => unknown; readonly isVertexAI?: () => boolean };
}

export class GoogleProvider extends InstrumentedProvider<GoogleClient> {
  override readonly name = 'google';
  protected override readonly methods = [generateContent, generateContentStream, embedContent];

  override recognises(client: object): client is GoogleClient {
    return typeof (client as Partial<GoogleClient>).models?.generateContent === 'function';
  }

  /** Gemini by its own API, or as Vertex AI serves it. */
  protected override providerOf(client: object): string {
    const { apiClient } = client as WithApiClient;
    return apiClient?.isVertexAI?.() === true ? 'gcp.vertex_ai' : 'gcp.gemini';
  }

  protected override baseUrlOf(client: object): unknown {
    const { apiClient } = client as WithApiClient;
    return apiClient?.getBaseUrl?.();
  }

  /** The API's own word for an error (`RESOURCE_EXHAUSTED`), which stands in the message as JSON. */
  protected override errorType(error: unknown): string | undefined {
    const { message, status } = Object(error) as { message?: unknown; status?: unknown };
    const [, word] = typeof message === 'string' ? (/"status":\s*"([A-Z_]+)"/.exec(message) ?? []) : [];
    return word ?? (typeof status === 'number' ? String(status) : undefined);
  }
}
