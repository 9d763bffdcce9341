import { type Endpoint, jsonAnswer, streamAnswer } from '../dialect.ts';
import { completeTurn } from '../turn.ts';
import { message } from './message.ts';
import { messageEvents } from './message-events.ts';
import { readMessages } from './read-messages.ts';

/** `POST /v1/messages` */
export const messages: Endpoint = {
  read: readMessages,
  render(request, reply, nextId) {
    const turn = completeTurn(request, reply, nextId, { turn: 'msg_01', toolCall: 'toolu_01' });
    return request.stream ? streamAnswer(messageEvents(turn)) : jsonAnswer(message(turn));
  },
};
