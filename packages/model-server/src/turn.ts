import type { NextId } from './ids.ts';
import type { Choice, FinishReason, ModelReply } from './reply.ts';
import type { ModelRequest } from './request.ts';
import { type CountedOutput, countUsage, type Usage } from './usage.ts';

/** A choice with every default filled in. */
export interface TurnChoice extends CountedOutput {
  toolCalls: readonly TurnToolCall[];
  finishReason: FinishReason;
}

/** A tool call as a provider sends it: with an id, its arguments as text. */
export interface TurnToolCall {
  id: string;
  name: string;
  arguments: string;
}

/** One answer of the model, complete, before any provider has given it its form. */
export interface Turn {
  id: string;
  model: string;
  choices: readonly TurnChoice[];
  usage: Usage;
  /** Characters in a chunk, where the reply says. */
  chunkSize: number | undefined;
}

/** How a provider's ids begin. */
export interface IdPrefixes {
  turn: string;
  toolCall: string;
}

/** Fills in what the reply left open: ids, repeated choices, finish reasons, model and usage. */
export function completeTurn(
  request: ModelRequest,
  reply: ModelReply,
  nextId: NextId,
  prefixes: IdPrefixes,
): Turn {
  const choices = choicesOf(request, reply).map((choice) =>
    completeChoice(choice, () => nextId(prefixes.toolCall)),
  );
  return {
    id: nextId(prefixes.turn),
    model: reply.model ?? request.model,
    choices,
    usage: countUsage(request, choices, reply.usage),
    chunkSize: reply.chunking?.size,
  };
}

function choicesOf({ provider, choiceCount }: ModelRequest, reply: ModelReply): Choice[] {
  if (reply.choices === undefined) return Array.from({ length: choiceCount }, () => reply);
  if (reply.choices.length === choiceCount) return reply.choices;
  throw new RangeError(
    `The script gave ${reply.choices.length} choices to an ${provider} request for ${choiceCount}: give as many as were asked for.`,
  );
}

function completeChoice(choice: Choice, nextToolCallId: () => string): TurnChoice {
  const { thinking = '', refusal = null } = choice;
  const toolCalls = (choice.toolCalls ?? []).map((call) => ({
    id: call.id ?? nextToolCallId(),
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  const usual = toolCalls.length > 0 ? 'tool_calls' : refusal !== null ? 'refusal' : 'stop';
  return {
    text: choice.text ?? (usual === 'stop' ? '' : null),
    thinking,
    refusal,
    toolCalls,
    finishReason: choice.finishReason ?? usual,
  };
}
