import { startModelServer } from '@agentops/model-server';
import Anthropic from '@anthropic-ai/sdk';
import { instrument } from 'agentops';
import OpenAI from 'openai';
import { answerAsCrew } from './model-script.ts';

/** The models asked for, at a provider or at the loopback model server. */
const MODELS = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5' } as const;

/** The loopback model server asks for no key, but the clients do. */
const LOOPBACK = { apiKey: 'none-needed' };

/** The clients of the model providers, instrumented. */
export interface Providers extends AsyncDisposable {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly models: typeof MODELS;
  /** For each provider one line: the model, and who answers in its name. */
  readonly description: readonly string[];
}

/** The keys that decide whom the crew talks to. */
export interface ProviderKeys {
  readonly OPENAI_API_KEY?: string | undefined;
  readonly ANTHROPIC_API_KEY?: string | undefined;
}

/** Connects to each provider whose key there is, and for the others to a loopback model server in this process. */
export async function connectProviders(keys: ProviderKeys): Promise<Providers> {
  const { OPENAI_API_KEY: openaiKey, ANTHROPIC_API_KEY: anthropicKey } = keys;
  const loopback = openaiKey && anthropicKey ? undefined : await startModelServer({ script: answerAsCrew });
  const url = loopback?.url ?? '';
  return {
    openai: instrument(new OpenAI(openaiKey ? { apiKey: openaiKey } : { baseURL: `${url}/v1`, ...LOOPBACK })),
    anthropic: instrument(
      new Anthropic(anthropicKey ? { apiKey: anthropicKey } : { baseURL: url, ...LOOPBACK, authToken: null }),
    ),
    models: MODELS,
    description: [
      describe('OpenAI', MODELS.openai, openaiKey, 'OPENAI_API_KEY'),
      describe('Anthropic', MODELS.anthropic, anthropicKey, 'ANTHROPIC_API_KEY'),
    ],
    async [Symbol.asyncDispose]() {
      await loopback?.close();
    },
  };
}

function describe(provider: string, model: string, key: string | undefined, variable: string): string {
  return key
    ? `${provider} ${model}`
    : `${provider} ${model}, played by a script on this machine (${variable} is not set)`;
}
