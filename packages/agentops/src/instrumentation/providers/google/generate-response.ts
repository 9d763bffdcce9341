import type { TokenUsage } from '../../cost/token-usage.ts';
import type { LlmResponse } from '../../llm-call.ts';
import { toMessage } from './contents.ts';
import type { GenerateResponse, UsageMetadata } from './wire.ts';

/** The words of the conventions, where they have one of their own. */
const FINISH_REASONS: Readonly<Record<string, string>> = { STOP: 'stop', MAX_TOKENS: 'length' };

/** An answer, whole or put together from its chunks; `content` says whether its messages are wanted. */
export function toLlmResponse(response: GenerateResponse, content: boolean): LlmResponse {
  const { responseId, modelVersion, candidates = [], promptFeedback, usageMetadata } = response;
  const reasons = candidates.map(({ finishReason }) => finishReason ?? promptFeedback?.blockReason);
  if (candidates.length === 0) reasons.push(promptFeedback?.blockReason);
  return {
    id: responseId,
    model: modelVersion,
    usage: toUsage(usageMetadata),
    finishReasons: reasons.flatMap((reason) => (reason === undefined ? [] : toFinishReason(reason))),
    ...(content && {
      messages: candidates.map(({ content, finishReason }) => ({
        ...toMessage({ role: 'model', ...content }),
        ...(finishReason !== undefined && { finish_reason: toFinishReason(finishReason) }),
      })),
    }),
  };
}

function toFinishReason(reason: string): string {
  return FINISH_REASONS[reason] ?? reason.toLowerCase();
}

/** Thoughts are output here, whatever the provider calls them; cached tokens are among the prompt's already. */
function toUsage(usage: UsageMetadata | undefined): TokenUsage | undefined {
  if (usage === undefined) return undefined;
  const { promptTokenCount, toolUsePromptTokenCount = 0, candidatesTokenCount, thoughtsTokenCount } = usage;
  const output =
    candidatesTokenCount === undefined && thoughtsTokenCount === undefined
      ? undefined
      : (candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0);
  return {
    inputTokens: promptTokenCount === undefined ? undefined : promptTokenCount + toolUsePromptTokenCount,
    outputTokens: output,
    cacheReadTokens: usage.cachedContentTokenCount,
    reasoningTokens: thoughtsTokenCount,
    inputAudioTokens: audioIn(usage.promptTokensDetails),
    outputAudioTokens: audioIn(usage.candidatesTokensDetails),
  };
}

function audioIn(counts: UsageMetadata['promptTokensDetails']): number | undefined {
  return counts?.find(({ modality }) => modality === 'AUDIO')?.tokenCount;
}
