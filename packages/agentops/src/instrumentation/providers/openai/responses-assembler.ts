import type { LlmResponse } from '../../llm-call.ts';
import type { StreamAssembler } from '../../provider-method.ts';
import { toError, toLlmResponse } from './responses-messages.ts';
import type { ResponseDocument, ResponseEvent, ResponseItem } from './responses-wire.ts';

/** Events that carry the response as it ended. */
const ENDINGS = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

/** An item that has begun. Texts are kept as the pieces they came in and joined once. */
interface GrowingItem {
  item: ResponseItem;
  isDone: boolean;
  readonly text: string[];
  readonly refusal: string[];
  readonly reasoning: string[];
  readonly input: string[];
}

/** What each kind of delta adds to. */
const GROWTH: Readonly<Record<string, 'text' | 'refusal' | 'reasoning' | 'input'>> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.reasoning_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'input',
  'response.custom_tool_call_input.delta': 'input',
};

/** Takes the response that a stream ends with; puts one that was cut short together from its pieces. */
export class ResponsesAssembler implements StreamAssembler<ResponseEvent> {
  readonly #keepsContent: boolean;
  /** By output index. */
  readonly #items = new Map<number, GrowingItem>();
  #begun: ResponseDocument | undefined;
  #ended: ResponseDocument | undefined;
  #error: LlmResponse['error'];

  constructor(keepsContent: boolean) {
    this.#keepsContent = keepsContent;
  }

  add({ type = '', response, output_index = 0, item, delta, code, message }: ResponseEvent): void {
    if (response !== undefined) {
      if (ENDINGS.has(type)) this.#ended = response;
      else this.#begun = response;
    } else if (type === 'error') {
      this.#error = toError({ code: code ?? null, ...(message !== undefined && { message }) });
    } else if (this.#keepsContent) {
      if (item !== undefined) this.#place(output_index, item, type === 'response.output_item.done');
      const growing = GROWTH[type];
      if (growing !== undefined && typeof delta === 'string') {
        this.#items.get(output_index)?.[growing].push(delta);
      }
    }
  }

  /** The response, where its end has not come with the stream. */
  get unfinished(): ResponseDocument | undefined {
    return this.#ended === undefined ? this.#begun : undefined;
  }

  response(): LlmResponse {
    const output = [...this.#items].sort(([a], [b]) => a - b).map(([, growing]) => finish(growing));
    const document = this.#ended ?? { ...this.#begun, status: null, output };
    // A response that ended may leave out the output that its events have carried.
    const whole = document.output?.length ? document : { ...document, output };
    return {
      ...toLlmResponse(whole, this.#keepsContent),
      ...(this.#error !== undefined && { error: this.#error }),
      truncated: this.#ended === undefined,
    };
  }

  #place(index: number, item: ResponseItem, isDone: boolean): void {
    const growing = this.#items.get(index);
    if (growing === undefined) {
      this.#items.set(index, { item, isDone, text: [], refusal: [], reasoning: [], input: [] });
    } else {
      growing.item = item;
      growing.isDone = isDone;
    }
  }
}

function finish({ item, isDone, text, refusal, reasoning, input }: GrowingItem): ResponseItem {
  if (isDone) return item;
  switch (item.type) {
    case 'message':
      return {
        ...item,
        content: [
          ...(text.length > 0 ? [{ type: 'output_text', text: text.join('') }] : []),
          ...(refusal.length > 0 ? [{ type: 'refusal', refusal: refusal.join('') }] : []),
        ],
      };
    case 'function_call':
      return { ...item, arguments: input.join('') };
    case 'custom_tool_call':
      return { ...item, input: input.join('') };
    case 'reasoning':
      return { ...item, summary: [{ text: reasoning.join('') }] };
    default:
      return item;
  }
}
