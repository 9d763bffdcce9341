import { split } from '../chunking.ts';
import { type Endpoint, jsonAnswer, streamAnswer } from '../dialect.ts';
import { isText } from '../fields.ts';
import { isJsonObject, type JsonObject, stringOr } from '../json.ts';
import type { RequestContent } from '../request.ts';
import { completeTurn } from '../turn.ts';
import { completionHead, completionUsage, finishReasons } from './completion.ts';
import { event } from './completion-events.ts';
import { required } from './fields.ts';

/** `POST /v1/completions` */
export const completions: Endpoint = {
  read: readCompletion,
  render(request, reply, nextId) {
    const turn = completeTurn(request, reply, nextId, { turn: 'cmpl-', toolCall: 'call_' });
    const head = completionHead(turn, 'text_completion');
    const choices = turn.choices.map(({ text, finishReason }, index) => ({
      index,
      text: text ?? '',
      logprobs: null,
      finish_reason: finishReasons[finishReason],
    }));
    const usage = completionUsage(turn.usage);
    if (!request.stream) return jsonAnswer({ ...head, choices, usage });
    const { stream_options: options } = request.body;
    const asked = isJsonObject(options) && options.include_usage === true;
    return streamAnswer([
      ...choices
        .flatMap((choice) => [
          ...split(choice.text, turn.chunkSize).map((text) => ({ ...choice, text, finish_reason: null })),
          { ...choice, text: '' },
        ])
        .map((choice) => event(JSON.stringify({ ...head, choices: [choice] }))),
      ...(asked ? [event(JSON.stringify({ ...head, choices: [], usage }))] : []),
      event('[DONE]'),
    ]);
  },
};

function readCompletion(body: JsonObject): RequestContent {
  const prompt = stringOr(required(body, 'prompt', 'a string', isText));
  return {
    provider: 'openai',
    operation: 'text_completion',
    model: required(body, 'model', 'a string', isText),
    system: '',
    messages: [{ role: 'user', text: prompt, toolCalls: [], toolResults: [] }],
    tools: [],
    inputs: [],
    choiceCount: typeof body.n === 'number' ? body.n : 1,
    stream: body.stream === true,
  };
}
