import type { ModelReply } from './reply.ts';
import type { ModelRequest } from './request.ts';

/** Decides what the model answers. What it throws becomes a 500 with that message in the provider's envelope. */
export type Script = (request: ModelRequest) => ModelReply | Promise<ModelReply>;

/** A script that gives the same reply to every request. */
export function always(reply: ModelReply): Script {
  return () => reply;
}

/** A script that says the last message's text, or its tool results, back. */
export function echo(): Script {
  return ({ messages }) => {
    const last = messages.at(-1);
    return { text: last?.text || (last?.toolResults.map(({ content }) => content).join('\n') ?? '') };
  };
}

/**
 * A script that plays its parts in order, one for each request: a reply as it is, a script by asking it. A request too many
 * is an error of the provider that says so.
 */
export function sequence(parts: readonly (ModelReply | Script)[]): Script {
  const remaining = [...parts];
  return (request) => {
    const part = remaining.shift();
    if (part === undefined) {
      throw new Error(
        `The script has no reply left: its sequence of ${parts.length} had been played before this request for ${request.model}. Add a reply, or look for an unexpected request.`,
      );
    }
    return typeof part === 'function' ? part(request) : part;
  };
}
