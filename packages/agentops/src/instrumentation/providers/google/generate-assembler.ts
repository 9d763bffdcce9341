import type { LlmResponse } from '../../llm-call.ts';
import type { StreamAssembler } from '../../provider-method.ts';
import { toLlmResponse } from './generate-response.ts';
import type { Candidate, GenerateResponse, Part } from './wire.ts';

/** One candidate as it grows. Texts of a kind that follow each other are one part; each is joined once. */
interface GrowingCandidate {
  readonly parts: { readonly part: Part; readonly texts: string[] }[];
  finishReason: string | undefined;
}

/** Puts a streamed answer together from its chunks. Usage comes with each of them and grows: the last counts. */
export class GenerateAssembler implements StreamAssembler<GenerateResponse> {
  readonly #keepsContent: boolean;
  readonly #candidates = new Map<number, GrowingCandidate>();
  #latest: GenerateResponse = {};

  constructor(keepsContent: boolean) {
    this.#keepsContent = keepsContent;
  }

  add(chunk: GenerateResponse): void {
    const { candidates = [], ...rest } = chunk;
    const known = Object.entries(rest).filter(([, value]) => value !== undefined);
    this.#latest = { ...this.#latest, ...Object.fromEntries(known) };
    for (const candidate of candidates) this.#grow(candidate);
  }

  response(): LlmResponse {
    const candidates = [...this.#candidates]
      .sort(([a], [b]) => a - b)
      .map(([, { parts, finishReason }]): Candidate => {
        const content = { parts: parts.map(({ part, texts }) => finish(part, texts)) };
        return { content, ...(finishReason !== undefined && { finishReason }) };
      });
    const isBlocked = this.#latest.promptFeedback?.blockReason !== undefined;
    return {
      ...toLlmResponse({ ...this.#latest, candidates }, this.#keepsContent),
      truncated:
        !isBlocked &&
        (candidates.length === 0 || candidates.some(({ finishReason }) => finishReason === undefined)),
    };
  }

  #grow({ index = 0, content, finishReason }: Candidate): void {
    const candidate = this.#candidates.get(index) ?? { parts: [], finishReason: undefined };
    this.#candidates.set(index, candidate);
    candidate.finishReason = finishReason ?? candidate.finishReason;
    if (!this.#keepsContent) return;
    for (const part of content?.parts ?? []) {
      const last = candidate.parts.at(-1);
      if (part.text === undefined) candidate.parts.push({ part, texts: [] });
      else if (last?.part.text !== undefined && last.part.thought === part.thought)
        last.texts.push(part.text);
      else if (part.text !== '') candidate.parts.push({ part, texts: [part.text] });
    }
  }
}

function finish(part: Part, texts: readonly string[]): Part {
  return part.text === undefined ? part : { ...part, text: texts.join('') };
}
