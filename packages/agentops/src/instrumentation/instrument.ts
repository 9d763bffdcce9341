import { currentClient } from '../client.ts';
import { AgentOpsError } from '../errors.ts';
import { anthropic, openai } from './providers/providers.ts';

/** The first that recognises a client instruments it. */
const PROVIDERS = [openai, anthropic];

/**
 * Makes every call of a model client an LLM span: messages, tools, tokens, cost, time to first chunk, errors.
 *
 * Takes clients of `openai` and `@anthropic-ai/sdk` and returns the very same object: its promises, streams and errors
 * stay the client's own, and its requests go out unchanged. May be called before `init`. A client of another kind is
 * returned as it is, which is reported.
 */
export function instrument<Client extends object>(client: Client): Client {
  currentClient().guard('instrument', () => {
    if (Object(client) === client && PROVIDERS.some((provider) => provider.adopt(client))) return;
    throw new AgentOpsError(
      'invalid_argument',
      `instrument: ${client?.constructor?.name ?? String(client)} is no client of openai or @anthropic-ai/sdk; it stays uninstrumented`,
    );
  });
  return client;
}
