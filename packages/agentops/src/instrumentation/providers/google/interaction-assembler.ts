import type { LlmResponse } from '../../llm-call.ts';
import { parseArguments } from '../../messages.ts';
import type { StreamAssembler } from '../../provider-method.ts';
import { toLlmResponse } from './interaction-messages.ts';
import type {
  Interaction,
  InteractionContent,
  InteractionEvent,
  InteractionStep,
} from './interaction-wire.ts';

/** A step that has begun. Texts are kept as the pieces they came in and joined once. */
interface GrowingStep {
  readonly step: InteractionStep;
  readonly texts: string[];
  readonly thoughts: string[];
  readonly input: string[];
  readonly other: InteractionContent[];
}

/** Puts a streamed interaction together from its events. */
export class InteractionAssembler implements StreamAssembler<InteractionEvent> {
  readonly #keepsContent: boolean;
  /** By index. */
  readonly #steps = new Map<number, GrowingStep>();
  #latest: Interaction = {};
  #ended = false;
  #error: LlmResponse['error'];

  constructor(keepsContent: boolean) {
    this.#keepsContent = keepsContent;
  }

  add({ event_type, interaction, index = 0, step, delta, error }: InteractionEvent): void {
    if (interaction !== undefined) this.#latest = { ...this.#latest, ...interaction };
    if (event_type === 'interaction.completed') this.#ended = true;
    if (event_type === 'error') {
      this.#error = {
        type: String(error?.code ?? 'error'),
        message: error?.message ?? 'the interaction failed',
      };
    }
    if (!this.#keepsContent) return;
    if (step !== undefined) {
      this.#steps.set(index, { step, texts: [], thoughts: [], input: [], other: [] });
    } else if (delta !== undefined) grow(this.#steps.get(index), delta);
  }

  response(): LlmResponse {
    const steps = [...this.#steps].sort(([a], [b]) => a - b).map(([, growing]) => finish(growing));
    const status = this.#ended ? this.#latest.status : undefined;
    const { status: _begun, ...latest } = this.#latest;
    const whole = {
      ...latest,
      ...(status !== undefined && { status }),
      ...(!latest.steps?.length && { steps }),
    };
    return {
      ...toLlmResponse(whole, this.#keepsContent),
      ...(this.#error !== undefined && { error: this.#error }),
      truncated: !this.#ended,
    };
  }
}

function grow(growing: GrowingStep | undefined, delta: NonNullable<InteractionEvent['delta']>): void {
  const { type, text, content } = delta;
  if (type === 'text') growing?.texts.push(text ?? '');
  else if (type === 'thought_summary') growing?.thoughts.push(content?.text ?? '');
  else if (type === 'arguments_delta') growing?.input.push(delta.arguments ?? '');
  else if (type !== 'thought_signature' && type !== 'text_annotation') growing?.other.push(delta);
}

function finish({ step, texts, thoughts, input, other }: GrowingStep): InteractionStep {
  const text = texts.length > 0 ? [{ type: 'text', text: texts.join('') }] : [];
  return {
    ...step,
    ...(text.length + other.length > 0 && { content: [...(step.content ?? []), ...text, ...other] }),
    ...(thoughts.length > 0 && { summary: [{ type: 'text', text: thoughts.join('') }] }),
    ...(input.length > 0 && { arguments: parseArguments(input.join('')) }),
  };
}
