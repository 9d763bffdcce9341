import { isList, isText } from '../fields.ts';
import { type JsonObject, objectsIn, parseJson, stringOr, textOf } from '../json.ts';
import type { Message, RequestContent, ToolDefinition } from '../request.ts';
import { required } from './fields.ts';
import { joinToolResults } from './read-chat.ts';

/** Reads the body of a Responses request. */
export function readResponses(body: JsonObject): RequestContent {
  const model = required(body, 'model', 'a string', isText);
  const input = required(body, 'input', 'a string or an array', isInput);
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : objectsIn(input);
  const spoken = items.filter(({ role }) => role !== 'system' && role !== 'developer');
  const told = items.filter((item) => !spoken.includes(item)).map(({ content }) => textOf(content));
  return {
    provider: 'openai',
    operation: 'chat',
    model,
    system: [stringOr(body.instructions), ...told].filter((text) => text !== '').join('\n\n'),
    messages: joinToolResults(spoken.map(readItem)),
    tools: objectsIn(body.tools).map(readTool),
    inputs: [],
    choiceCount: 1,
    stream: body.stream === true,
  };
}

function isInput(value: unknown): value is string | unknown[] {
  return isText(value) || isList(value);
}

/** Items of the conversation are messages, calls of tools, and what tools gave back. */
function readItem(item: JsonObject): Message {
  if (item.type === 'function_call_output') {
    const result = { id: stringOr(item.call_id), content: textOf(item.output), isError: false };
    return { role: 'tool', text: '', toolCalls: [], toolResults: [result] };
  }
  if (item.type === 'function_call') {
    const text = stringOr(item.arguments);
    const call = {
      id: stringOr(item.call_id),
      name: stringOr(item.name),
      arguments: parseJson(text) ?? text,
    };
    return { role: 'assistant', text: '', toolCalls: [call], toolResults: [] };
  }
  const role = item.role === 'assistant' ? item.role : 'user';
  return { role, text: textOf(item.content), toolCalls: [], toolResults: [] };
}

function readTool({ name, description, parameters }: JsonObject): ToolDefinition {
  return { name: stringOr(name), description: stringOr(description), parameters };
}
