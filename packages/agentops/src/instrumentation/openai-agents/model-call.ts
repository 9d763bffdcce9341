import type { Context, HrTime } from '@opentelemetry/api';
import type { TelemetryManager } from '../../telemetry/telemetry-manager.ts';
import { LlmCall, type LlmInput, type LlmResponse } from '../llm-call.ts';
import { chatCompletions } from '../providers/openai/chat-completions.ts';
import { responses } from '../providers/openai/responses.ts';
import type { AgentsSpanData } from './shapes.ts';

type ChatBody = Parameters<typeof chatCompletions.input>[0];
type ChatResult = Parameters<typeof chatCompletions.response>[0];
type ResponsesBody = Parameters<typeof responses.input>[0];
type ResponsesResult = Parameters<typeof responses.response>[0];

/** The span of a model's call that only the framework knows of: made at its end, when it is sure that nobody else did. */
export function recordModelCall(
  telemetry: TelemetryManager,
  parent: Context,
  startTime: HrTime,
  data: AgentsSpanData,
  failure: Error | undefined,
): void {
  const { model, input, response } = data.type === 'response' ? readResponse(data) : readGeneration(data);
  const call = new LlmCall(telemetry, parent, { operation: 'chat', provider: 'openai', model }, startTime);
  try {
    if (call.captureContent) call.setInput(input());
  } finally {
    const answer = response(call.captureContent);
    if (failure === undefined) call.succeed(answer);
    else call.fail(failure, undefined, answer);
  }
}

interface Reading {
  readonly model: string | undefined;
  input(): LlmInput;
  response(content: boolean): LlmResponse;
}

/** A call of the Responses API: the answer is kept as it came. */
function readResponse({ _input, _response }: AgentsSpanData): Reading {
  const answer = (_response ?? {}) as Record<string, unknown>;
  const { model, instructions, tools } = answer;
  return {
    model: text(model),
    input: () => responses.input({ model, input: wireInput(_input), instructions, tools } as ResponsesBody),
    response: (content) =>
      _response === undefined ? {} : responses.response(answer as ResponsesResult, content),
  };
}

/** A call of Chat Completions, or of any other model by an adapter: then only the usage is in a known form. */
function readGeneration({ model, input, output, usage }: AgentsSpanData): Reading {
  const [answer] = Array.isArray(output) ? (output as unknown[]) : [];
  const { input_tokens, output_tokens } = Object(usage) as Record<string, unknown>;
  const isCompletion = answer === Object(answer) && Array.isArray(Reflect.get(answer as object, 'choices'));
  return {
    model: text(model),
    input: () => (Array.isArray(input) ? chatCompletions.input({ model, messages: input } as ChatBody) : {}),
    response: (content) =>
      isCompletion
        ? chatCompletions.response(answer as ChatResult, content)
        : { usage: { inputTokens: count(input_tokens), outputTokens: count(output_tokens) } },
  };
}

/** The framework keeps what it sends under names of its own. */
function wireInput(input: unknown): unknown {
  if (!Array.isArray(input)) return input;
  return input.map((item: Record<string, unknown>) => {
    const { callId: call_id, type, output, ...rest } = item;
    if (type === 'function_call_result')
      return { type: 'function_call_output', call_id, output: textOf(output) };
    return call_id === undefined ? item : { ...rest, type, call_id };
  });
}

function textOf(output: unknown): unknown {
  const { text } = Object(output) as { text?: unknown };
  return text ?? output;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
