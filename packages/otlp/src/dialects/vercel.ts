import { VercelAttr } from '../semconv.ts';
import type { Dialect } from './dialect.ts';

/** The Vercel AI SDK. Its `ai.generateText` runs the model and the tools as often as it takes: a workflow. */
export const vercel: Dialect = {
  columns: {
    session_id: [VercelAttr.SESSION_ID],
    provider: [VercelAttr.MODEL_PROVIDER],
    model: [VercelAttr.RESPONSE_MODEL, VercelAttr.MODEL_ID],
    input_tokens: [VercelAttr.INPUT_TOKENS, VercelAttr.PROMPT_TOKENS, VercelAttr.EMBEDDING_TOKENS],
    output_tokens: [VercelAttr.OUTPUT_TOKENS, VercelAttr.COMPLETION_TOKENS],
    cache_read_tokens: [VercelAttr.CACHE_READ, VercelAttr.CACHED_INPUT_TOKENS],
    cache_write_tokens: [VercelAttr.CACHE_WRITE],
    reasoning_tokens: [VercelAttr.REASONING_DETAIL, VercelAttr.REASONING_TOKENS],
    user_id: [VercelAttr.USER_ID],
  },
  kinds: [
    {
      attribute: VercelAttr.OPERATION_ID,
      kinds: new Map([
        ['ai.generatetext', 'workflow'],
        ['ai.generatetext.dogenerate', 'llm'],
        ['ai.streamtext', 'workflow'],
        ['ai.streamtext.dostream', 'llm'],
        ['ai.generateobject', 'workflow'],
        ['ai.generateobject.dogenerate', 'llm'],
        ['ai.streamobject', 'workflow'],
        ['ai.streamobject.dostream', 'llm'],
        ['ai.embed', 'workflow'],
        ['ai.embed.doembed', 'llm'],
        ['ai.embedmany', 'workflow'],
        ['ai.embedmany.doembed', 'llm'],
        ['ai.toolcall', 'tool'],
      ]),
    },
  ],
};
