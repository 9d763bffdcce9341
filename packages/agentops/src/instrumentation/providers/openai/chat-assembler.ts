import type { LlmResponse } from '../../llm-call.ts';
import type { StreamAssembler } from '../../provider-method.ts';
import { servedAs, toMessage, toUsage } from './chat-messages.ts';
import type { ChatChunk, ChatDelta, ToolCall, Usage } from './wire.ts';

/** A call of a function, with arguments, or of a custom tool, with an input of any form. */
interface GrowingToolCall {
  readonly index: number;
  id?: string;
  name: string;
  isCustom?: true;
  readonly input: string[];
}

/** One choice as it grows. Texts are kept as the pieces they came in and joined once. */
interface GrowingChoice {
  readonly content: string[];
  readonly refusal: string[];
  readonly reasoning: string[];
  readonly transcript: string[];
  readonly annotations: unknown[];
  /** Parallel calls come interleaved. */
  readonly toolCalls: GrowingToolCall[];
  finishReason?: string;
}

/** Puts a streamed chat completion together. Usage comes only where the caller asked for it, and is never guessed. */
export class ChatAssembler implements StreamAssembler<ChatChunk> {
  readonly #keepsContent: boolean;
  readonly #choices = new Map<number, GrowingChoice>();
  #id: string | undefined;
  #model: string | undefined;
  #usage: Usage | null | undefined;
  #serviceTier: string | null | undefined;

  constructor(keepsContent: boolean) {
    this.#keepsContent = keepsContent;
  }

  add({ id, model, service_tier, usage, x_groq, choices = [] }: ChatChunk): void {
    this.#id ??= id;
    this.#model ??= model;
    this.#serviceTier = service_tier ?? this.#serviceTier;
    this.#usage = usage ?? x_groq?.usage ?? this.#usage;
    for (const { index = 0, delta, finish_reason } of choices) {
      const choice = this.#choice(index);
      if (typeof finish_reason === 'string') choice.finishReason = finish_reason;
      if (this.#keepsContent && delta) grow(choice, delta);
    }
  }

  response(): LlmResponse {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    return {
      id: this.#id,
      model: this.#model,
      usage: toUsage(this.#usage),
      ...servedAs(this.#serviceTier),
      finishReasons: choices.flatMap(({ finishReason }) => finishReason ?? []),
      truncated: choices.length === 0 || choices.some(({ finishReason }) => finishReason === undefined),
      ...(this.#keepsContent && { messages: choices.map(finish) }),
    };
  }

  #choice(index: number): GrowingChoice {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = {
        ...{ content: [], refusal: [], reasoning: [], transcript: [], annotations: [] },
        toolCalls: [],
      };
      this.#choices.set(index, choice);
    }
    return choice;
  }
}

function grow(choice: GrowingChoice, delta: ChatDelta): void {
  const { content, refusal, reasoning_content, reasoning = reasoning_content, audio, annotations } = delta;
  if (typeof content === 'string') choice.content.push(content);
  if (typeof refusal === 'string') choice.refusal.push(refusal);
  if (typeof reasoning === 'string') choice.reasoning.push(reasoning);
  if (typeof audio?.transcript === 'string') choice.transcript.push(audio.transcript);
  if (annotations) choice.annotations.push(...annotations);
  const { function_call, tool_calls } = delta;
  if (tool_calls) {
    for (const [position, piece] of tool_calls.entries()) {
      growToolCall(choice.toolCalls, piece.index ?? position, piece);
    }
  } else if (function_call) growToolCall(choice.toolCalls, -1, { function: function_call });
}

/** Servers may repeat name and id, empty ones too, in each piece; some give all parallel calls the same index. */
function growToolCall(calls: GrowingToolCall[], index: number, { id, function: fn, custom }: ToolCall): void {
  const name = fn?.name ?? custom?.name;
  let call = calls.findLast((known) => known.index === index);
  if (call === undefined || (name && call.name && id && call.id && id !== call.id)) {
    call = { index, name: '', input: [] };
    calls.push(call);
  }
  if (id) call.id = id;
  if (name) call.name = name;
  if (custom) call.isCustom = true;
  const input = fn?.arguments ?? custom?.input;
  if (input) call.input.push(input);
}

function finish({ content, refusal, toolCalls, finishReason, ...rest }: GrowingChoice) {
  return toMessage(
    {
      role: 'assistant',
      content: content.length > 0 ? content.join('') : null,
      refusal: refusal.length > 0 ? refusal.join('') : null,
      reasoning: rest.reasoning.join(''),
      annotations: rest.annotations,
      ...(rest.transcript.length > 0 && { audio: { transcript: rest.transcript.join('') } }),
      tool_calls: toolCalls
        .toSorted((a, b) => a.index - b.index)
        .map(({ id, name, isCustom, input }) => ({
          ...(id !== undefined && { id }),
          ...(isCustom
            ? { custom: { name, input: input.join('') } }
            : { function: { name, arguments: input.join('') } }),
        })),
    },
    finishReason,
  );
}
