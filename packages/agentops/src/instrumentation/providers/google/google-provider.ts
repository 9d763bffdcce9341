import { InstrumentedProvider } from '../../instrumented-provider.ts';
import { embedContent, generateContent, generateContentStream } from './generate-content.ts';
import { interactions } from './interactions.ts';
import { googleRequests } from './requests.ts';

/** What is needed of a Google GenAI client (`@google/genai` 3). */
export interface GoogleClient {
  readonly models: { readonly generateContent: (...args: never[]) => unknown };
}

/** What the client, and each part of it, sends by. */
interface ApiClient {
  readonly getBaseUrl?: () => unknown;
  readonly isVertexAI?: () => boolean;
}

export class GoogleProvider extends InstrumentedProvider<GoogleClient> {
  override readonly name = 'google';
  protected override readonly methods = [generateContent, generateContentStream, embedContent, interactions];
  protected override readonly requests = googleRequests;

  override recognises(client: object): client is GoogleClient {
    return typeof (client as Partial<GoogleClient>).models?.generateContent === 'function';
  }

  /** Classes that the package keeps to itself are found where its clients use them. */
  override instrumentClasses(classes: object): boolean {
    const { GoogleGenAI } = classes as { readonly GoogleGenAI?: { readonly prototype?: object } };
    if (GoogleGenAI?.prototype !== undefined) {
      const { prototype } = GoogleGenAI;
      onAssigned(prototype, 'apiClient', (made) => {
        this.guard(() => super.instrumentClasses({ ApiClient: made.constructor }));
      });
      onGot(prototype, 'interactions', (made) => {
        this.guard(() => super.instrumentClasses({ Interactions: made.constructor }));
      });
    }
    return super.instrumentClasses(classes);
  }

  /** Gemini by its own API, or as Vertex AI serves it. */
  protected override providerOf(client: object): string {
    return apiClientOf(client).isVertexAI?.() === true ? 'gcp.vertex_ai' : 'gcp.gemini';
  }

  protected override baseUrlOf(client: object): unknown {
    return apiClientOf(client).getBaseUrl?.();
  }

  /** The API's own word for an error (`RESOURCE_EXHAUSTED`), which stands in the message as JSON. */
  protected override errorType(error: unknown): string | undefined {
    const { message, status } = Object(error) as { message?: unknown; status?: unknown };
    const [, word] = typeof message === 'string' ? (/"status":\s*"([A-Z_]+)"/.exec(message) ?? []) : [];
    return word ?? (typeof status === 'number' ? String(status) : undefined);
  }
}

/** Of a client or a part of it; of the API client, itself. */
function apiClientOf(part: object): ApiClient {
  const { apiClient, parentClient } = part as {
    readonly apiClient?: ApiClient;
    readonly parentClient?: ApiClient;
  };
  return apiClient ?? parentClient ?? part;
}

/** Tells `listener` what constructors put into a member that they leave as it would have been. */
function onAssigned(prototype: object, name: string, listener: (made: object) => void): void {
  if (name in prototype) return;
  Object.defineProperty(prototype, name, {
    configurable: true,
    get: () => undefined,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      if (typeof value === 'object' && value !== null) listener(value);
    },
  });
}

/** Tells `listener` what an accessor gives. */
function onGot(prototype: object, name: string, listener: (made: object) => void): void {
  const accessor = Object.getOwnPropertyDescriptor(prototype, name);
  const get = accessor?.get;
  if (get === undefined) return;
  Object.defineProperty(prototype, name, {
    ...accessor,
    get(this: object) {
      const made: unknown = get.call(this);
      if (typeof made === 'object' && made !== null) listener(made);
      return made;
    },
  });
}
