import {
  type ModelServer,
  type ModelServerOptions,
  type Script,
  startModelServer,
} from '@agentops/model-server';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach } from 'vitest';

/** A server with both providers' own clients pointed at it, none of which retries. */
export interface Stage {
  server: ModelServer;
  openai: OpenAI;
  anthropic: Anthropic;
}

const running: ModelServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Starts a server for the running test, which closes it. */
export async function stage(script: Script, options: Partial<ModelServerOptions> = {}): Promise<Stage> {
  const server = await startModelServer({ script, ...options });
  running.push(server);
  const access = { apiKey: 'test-key', maxRetries: 0, logLevel: 'off' } as const;
  return {
    server,
    openai: new OpenAI({ ...access, baseURL: `${server.url}/v1` }),
    anthropic: new Anthropic({ ...access, baseURL: server.url }),
  };
}

/** Everything a stream yields, and what it fails with, if it does. */
export async function drain<T>(stream: AsyncIterable<T>): Promise<{ received: T[]; error?: unknown }> {
  const received: T[] = [];
  try {
    for await (const item of stream) received.push(item);
    return { received };
  } catch (error) {
    return { received, error };
  }
}
