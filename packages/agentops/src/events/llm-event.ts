import { BaseEvent, type EventOptions } from './event.ts';

/** A message in the plain form most programs keep them in. */
export interface PlainMessage {
  readonly role: string;
  readonly content: unknown;
}

export interface LLMEventOptions extends EventOptions {
  /** The model's name, such as `gpt-4o`. */
  readonly model?: string | undefined;
  /** Who served it, such as `openai`. */
  readonly provider?: string | undefined;
  /** What the model was asked: a text, or the messages. */
  readonly prompt?: string | readonly PlainMessage[] | undefined;
  /** What it answered: a text, or messages. */
  readonly completion?: string | PlainMessage | readonly PlainMessage[] | undefined;
  /** Includes cached tokens. */
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  /** USD. Default: from the price list, where it knows the model and both token counts are given. */
  readonly cost?: number | undefined;
  readonly threadId?: string | undefined;
}

/** A call of a language model. */
export class LLMEvent extends BaseEvent {
  readonly type = 'llms';
  model: string | undefined;
  provider: string | undefined;
  prompt: LLMEventOptions['prompt'];
  completion: LLMEventOptions['completion'];
  promptTokens: number | undefined;
  completionTokens: number | undefined;
  cost: number | undefined;
  threadId: string | undefined;

  constructor(options: LLMEventOptions = {}) {
    super(options);
    this.model = options.model;
    this.provider = options.provider;
    this.prompt = options.prompt;
    this.completion = options.completion;
    this.promptTokens = options.promptTokens;
    this.completionTokens = options.completionTokens;
    this.cost = options.cost;
    this.threadId = options.threadId;
  }
}
