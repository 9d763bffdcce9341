import { type Endpoint, jsonAnswer, streamAnswer } from '../dialect.ts';
import { isJsonObject } from '../json.ts';
import { completeTurn } from '../turn.ts';
import { completion } from './completion.ts';
import { completionEvents } from './completion-events.ts';
import { readChat } from './read-chat.ts';

/** `POST /v1/chat/completions` */
export const chat: Endpoint = {
  read: readChat,
  render(request, reply, nextId) {
    const turn = completeTurn(request, reply, nextId, { turn: 'chatcmpl-', toolCall: 'call_' });
    if (!request.stream) return jsonAnswer(completion(turn));
    const { stream_options: options } = request.body;
    return streamAnswer(completionEvents(turn, isJsonObject(options) && options.include_usage === true));
  },
};
