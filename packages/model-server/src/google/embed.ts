import { type Endpoint, jsonAnswer } from '../dialect.ts';
import { objectsIn } from '../json.ts';
import { vectorsOf } from '../vectors.ts';
import { modelIn } from './path.ts';
import { textOf } from './read-contents.ts';

/** `POST …/models/{model}:batchEmbedContents` */
export const embedContents: Endpoint = {
  read: (body, path) => ({
    provider: 'google',
    operation: 'embeddings',
    model: modelIn(path),
    system: '',
    messages: [],
    tools: [],
    inputs: objectsIn(body.requests).map(({ content }) => textOf(content)),
    choiceCount: 1,
    stream: false,
  }),
  render: (request, reply) =>
    jsonAnswer({ embeddings: vectorsOf(request, reply, 768).map((values) => ({ values })) }),
};
