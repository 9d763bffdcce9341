import { AnthropicProvider } from './anthropic/anthropic-provider.ts';
import { GoogleProvider } from './google/google-provider.ts';
import { OpenAIProvider } from './openai/openai-provider.ts';

export const openai = new OpenAIProvider();
export const anthropic = new AnthropicProvider();
export const google = new GoogleProvider();
