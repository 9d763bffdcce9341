import { type Endpoint, jsonAnswer } from '../dialect.ts';
import { isList, isText } from '../fields.ts';
import type { JsonObject } from '../json.ts';
import type { RequestContent } from '../request.ts';
import { countUsage } from '../usage.ts';
import { vectorsOf } from '../vectors.ts';
import { required } from './fields.ts';

const defaultDimensions = 1536;

/** `POST /v1/embeddings` */
export const embeddings: Endpoint = {
  read: readEmbeddings,
  render(request, reply) {
    const asBase64 = request.body.encoding_format === 'base64';
    const { dimensions } = request.body;
    const size = typeof dimensions === 'number' ? dimensions : defaultDimensions;
    const { inputTokens } = countUsage(request, [], reply.usage);
    return jsonAnswer({
      object: 'list',
      data: vectorsOf(request, reply, size).map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: asBase64 ? toBase64(vector) : vector,
      })),
      model: reply.model ?? request.model,
      usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
    });
  },
};

function readEmbeddings(body: JsonObject): RequestContent {
  const model = required(body, 'model', 'a string', isText);
  const input = required(body, 'input', 'a string or an array', isInput);
  return {
    provider: 'openai',
    operation: 'embeddings',
    model,
    system: '',
    messages: [],
    tools: [],
    inputs: textsIn(input),
    choiceCount: 1,
    stream: false,
  };
}

function isInput(value: unknown): value is string | unknown[] {
  return isText(value) || isList(value);
}

/** One text, several texts, one text in tokens, or several texts in tokens. */
function textsIn(input: string | unknown[]): string[] {
  if (typeof input === 'string') return [input];
  if (input.every((token) => typeof token === 'number')) return [input.join(' ')];
  return input.map((entry) => (Array.isArray(entry) ? entry.join(' ') : String(entry)));
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
