import type { UsageRequest } from '../../stream-usage.ts';
import type { ChatChunk, StreamedRequest } from './wire.ts';

/** `stream_options.include_usage` of chat completions and of the older completions. */
export const includeUsage: UsageRequest<StreamedRequest, Pick<ChatChunk, 'choices' | 'usage'>> = {
  ask: (body) =>
    body.stream_options === undefined && body.data_sources === undefined
      ? { ...body, stream_options: { include_usage: true } }
      : undefined,

  /** One chunk more at the end, which has no choices; all others get `usage: null`. */
  takeOut(chunk) {
    if (chunk.usage === null) Reflect.deleteProperty(chunk, 'usage');
    return chunk.usage !== undefined && chunk.choices?.length === 0;
  },
};

/** From this version on Azure's API knows it; earlier ones refuse the request. */
const AZURE_VERSION = '2024-09-01';

/**
 * Whether a client's server is known to understand it. Others may refuse a request for an option that they do not know
 * (Mistral does), or count unasked.
 */
export function knowsIncludeUsage(provider: string, host: string | undefined, client: object): boolean {
  if (provider === 'openai') return host === 'api.openai.com' || host?.endsWith('.api.openai.com') === true;
  if (provider === 'ollama') return true;
  if (provider !== 'azure.ai.openai') return false;
  const { apiVersion } = client as { readonly apiVersion?: unknown };
  return typeof apiVersion !== 'string' || apiVersion.localeCompare(AZURE_VERSION) >= 0;
}
