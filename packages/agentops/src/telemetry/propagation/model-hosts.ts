import { compileHostRule } from './host-rules.ts';

/** Where model providers are asked. Nothing of ours goes there, whatever hosts are allowed. */
const MODEL_HOSTS = [
  'api.openai.com',
  '*.api.openai.com',
  '*.openai.azure.com',
  '*.services.ai.azure.com',
  'api.anthropic.com',
  '*.anthropic.com',
  'generativelanguage.googleapis.com',
  '*aiplatform.googleapis.com',
  'bedrock*.amazonaws.com',
  'api.mistral.ai',
  'api.cohere.com',
  'api.cohere.ai',
  'api.groq.com',
  'api.deepseek.com',
  'api.x.ai',
  'api.perplexity.ai',
  'api.together.ai',
  'api.together.xyz',
  'api.fireworks.ai',
  'openrouter.ai',
  'api-inference.huggingface.co',
  'router.huggingface.co',
];

/** True for a host, in lower case and without port, at which a model provider is asked. */
export const isModelHost = compileHostRule(MODEL_HOSTS);
