import { isList, isText } from '../fields.ts';
import { isJsonObject, type JsonObject, objectsIn, parseJson, stringOr, textOf } from '../json.ts';
import type { Message, PastToolCall, RequestContent, ToolDefinition } from '../request.ts';
import { required } from './fields.ts';

/** Reads the body of a Chat Completions request. */
export function readChat(body: JsonObject): RequestContent {
  const model = required(body, 'model', 'a string', isText);
  const messages = objectsIn(required(body, 'messages', 'an array', isList));
  return {
    provider: 'openai',
    operation: 'chat',
    model,
    system: messages
      .filter(isSystem)
      .map(({ content }) => textOf(content))
      .join('\n\n'),
    messages: joinToolResults(messages.filter((message) => !isSystem(message)).map(readMessage)),
    tools: objectsIn(body.tools).map(readTool),
    inputs: [],
    choiceCount: typeof body.n === 'number' ? body.n : 1,
    stream: body.stream === true,
  };
}

function isSystem({ role }: JsonObject): boolean {
  return role === 'system' || role === 'developer';
}

function readMessage({ role, content, tool_calls, tool_call_id }: JsonObject): Message {
  const text = textOf(content);
  if (role === 'tool') {
    const result = { id: stringOr(tool_call_id), content: text, isError: false };
    return { role, text: '', toolCalls: [], toolResults: [result] };
  }
  return {
    role: role === 'assistant' ? role : 'user',
    text,
    toolCalls: objectsIn(tool_calls).map(readToolCall),
    toolResults: [],
  };
}

/** One message for each result here, one for all of them elsewhere. */
export function joinToolResults(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') last.toolResults.push(...message.toolResults);
    else joined.push(message);
  }
  return joined;
}

function readToolCall(call: JsonObject): PastToolCall {
  const called = isJsonObject(call.function) ? call.function : {};
  const text = stringOr(called.arguments);
  return { id: stringOr(call.id), name: stringOr(called.name), arguments: parseJson(text) ?? text };
}

function readTool(tool: JsonObject): ToolDefinition {
  const definition = isJsonObject(tool.function) ? tool.function : {};
  return {
    name: stringOr(definition.name),
    description: stringOr(definition.description),
    parameters: definition.parameters,
  };
}
