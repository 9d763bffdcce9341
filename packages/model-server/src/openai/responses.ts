import { type Endpoint, jsonAnswer, streamAnswer } from '../dialect.ts';
import { completeTurn } from '../turn.ts';
import { readResponses } from './read-responses.ts';
import { response } from './response.ts';
import { responseEvents } from './response-events.ts';

/** `POST /v1/responses` */
export const responses: Endpoint = {
  read: readResponses,
  render(request, reply, nextId) {
    const turn = completeTurn(request, reply, nextId, { turn: 'resp_', toolCall: 'call_' });
    const answer = response(turn, nextId);
    return request.stream ? streamAnswer(responseEvents(answer, turn.chunkSize)) : jsonAnswer(answer);
  },
};
