import type { ModelRequest } from './request.ts';

/** Token counts, the same for every provider. */
export interface Usage {
  /** All input, cached or not. */
  inputTokens: number;
  /** All output, reasoning included. */
  outputTokens: number;
  /** The part of the input that was read from the prompt cache. */
  cachedInputTokens: number;
  /** The part of the input that was written to the prompt cache. */
  cacheWriteTokens: number;
  /** The part of the output that was reasoning. */
  reasoningTokens: number;
}

/** What the model put out, as far as it is counted. */
export interface CountedOutput {
  text: string | null;
  thinking: string;
  refusal: string | null;
  toolCalls: readonly { name: string; arguments: string }[];
}

/**
 * The counts of one exchange: those given, the others from the content, four characters to a token.
 *
 * @throws RangeError when a part is given as greater than the whole it belongs to.
 */
export function countUsage(
  request: ModelRequest,
  outputs: readonly CountedOutput[],
  given: Partial<Usage> = {},
): Usage {
  const { cachedInputTokens = 0, cacheWriteTokens = 0 } = given;
  const cacheTokens = cachedInputTokens + cacheWriteTokens;
  const reasoningTokens = given.reasoningTokens ?? tokensIn(outputs.map(({ thinking }) => thinking));
  const inputTokens = given.inputTokens ?? tokensIn(promptTexts(request)) + cacheTokens;
  const outputTokens = given.outputTokens ?? tokensIn(outputs.flatMap(answerTexts)) + reasoningTokens;
  if (cacheTokens > inputTokens) {
    throw new RangeError(
      `usage gives ${cacheTokens} cached tokens but only ${inputTokens} inputTokens: inputTokens counts all input, cached or not.`,
    );
  }
  if (reasoningTokens > outputTokens) {
    throw new RangeError(
      `usage gives ${reasoningTokens} reasoningTokens but only ${outputTokens} outputTokens: outputTokens counts all output, reasoning included.`,
    );
  }
  return { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens };
}

function tokensIn(texts: readonly string[]): number {
  return Math.ceil(texts.reduce((length, text) => length + text.length, 0) / 4);
}

function promptTexts({ system, messages, tools, inputs }: ModelRequest): string[] {
  return [
    system,
    ...inputs,
    ...messages.flatMap(({ text, toolCalls, toolResults }) => [
      text,
      ...toolCalls.map((call) => call.name + JSON.stringify(call.arguments)),
      ...toolResults.map((result) => result.content),
    ]),
    ...tools.map((tool) => JSON.stringify(tool)),
  ];
}

function answerTexts({ text, refusal, toolCalls }: CountedOutput): string[] {
  return [text ?? '', refusal ?? '', ...toolCalls.map((call) => call.name + call.arguments)];
}
