/**
 * Services that speak OpenAI's protocol or Anthropic's, by the host of the client's `baseURL`: `gen_ai.provider.name` as the GenAI
 * conventions have it, where they have one.
 */
const PROVIDERS: readonly (readonly [host: RegExp, provider: string])[] = [
  [/\.(openai|cognitiveservices)\.azure\.(com|us|cn)$|\.azure-api\.(net|us|cn)$/, 'azure.ai.openai'],
  [/\.services\.ai\.azure\.(com|us|cn)$/, 'azure.ai.inference'],
  [/(^|\.)groq\.com$/, 'groq'],
  [/(^|\.)deepseek\.com$/, 'deepseek'],
  [/(^|\.)mistral\.ai$/, 'mistral_ai'],
  [/(^|\.)x\.ai$/, 'x_ai'],
  [/(^|\.)perplexity\.ai$/, 'perplexity'],
  [/(^|\.)together\.(xyz|ai)$/, 'together'],
  [/(^|\.)fireworks\.ai$/, 'fireworks'],
  [/(^|\.)openrouter\.ai$/, 'openrouter'],
  [/(^|\.)cerebras\.ai$/, 'cerebras'],
  [/(^|\.)moonshot\.(ai|cn)$/, 'moonshot_ai'],
  [/(^|\.)cohere\.(ai|com)$/, 'cohere'],
  [/^generativelanguage\.googleapis\.com$/, 'gcp.gemini'],
  [/(^|-)aiplatform\.googleapis\.com$/, 'gcp.vertex_ai'],
  [/^bedrock-runtime\..*\.amazonaws\.com$/, 'aws.bedrock'],
];

/** The port Ollama listens on by default, on whatever host. */
const OLLAMA_PORT = '11434';

/** Who answers at `baseUrl`; undefined for OpenAI and Anthropic themselves, and for hosts that say nothing. */
export function compatibleProvider(baseUrl: unknown): string | undefined {
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return undefined;
  const { hostname, port } = new URL(baseUrl);
  if (port === OLLAMA_PORT) return 'ollama';
  return PROVIDERS.find(([host]) => host.test(hostname))?.[1];
}
