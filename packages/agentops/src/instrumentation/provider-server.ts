import type { LlmRequest } from './llm-call.ts';

/** Who answers a client's calls, and where. */
export type ProviderServer = Pick<LlmRequest, 'provider' | 'serverAddress' | 'serverPort'>;

/** Nothing for what is no URL. */
export function serverAt(baseUrl: unknown): Omit<ProviderServer, 'provider'> {
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  return {
    serverAddress: hostname,
    serverPort: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}
