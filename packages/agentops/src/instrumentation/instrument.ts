import { currentClient } from '../default-client.ts';
import { AgentOpsError } from '../errors.ts';
import { anthropic, google, openai } from './providers/providers.ts';

/** The first that recognises a client instruments it. */
const PROVIDERS = [openai, anthropic, google];

/**
 * Makes every call of a model client an LLM span: messages, tools, tokens, cost, time to first chunk, errors.
 *
 * Takes clients of `openai`, `@anthropic-ai/sdk` and `@google/genai` and returns the very same object: its promises, streams and errors
 * stay the client's own, and its requests go out unchanged. May be called before `init`. A client of another kind is
 * returned as it is, which is reported.
 */
export function instrument<Client extends object>(client: Client): Client {
  currentClient().guard('instrument', () => {
    if (Object(client) === client && PROVIDERS.some((provider) => provider.adopt(client))) return;
    throw new AgentOpsError(
      'invalid_argument',
      `instrument: ${client?.constructor?.name ?? String(client)} is no client of openai, @anthropic-ai/sdk or @google/genai; it stays uninstrumented`,
    );
  });
  return client;
}
