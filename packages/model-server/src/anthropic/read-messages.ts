import { isList, isText, requiredFields } from '../fields.ts';
import { type JsonObject, objectsIn, stringOr, textOf } from '../json.ts';
import type { Message, RequestContent, ToolDefinition } from '../request.ts';

const required = requiredFields(({ field, expected, missing }) => ({
  message: missing ? `${field}: Field required` : `${field}: Input should be a valid ${expected}`,
}));

/** Reads the body of a Messages request. */
export function readMessages(body: JsonObject): RequestContent {
  const model = required(body, 'model', 'string', isText);
  required(body, 'max_tokens', 'integer', isInteger);
  const messages = objectsIn(required(body, 'messages', 'list', isList));
  const systemMessages = messages.filter(isSystem).map(({ content }) => content);
  return {
    provider: 'anthropic',
    operation: 'chat',
    model,
    system: [body.system, ...systemMessages].map(textOf).filter(Boolean).join('\n\n'),
    messages: messages.filter((message) => !isSystem(message)).flatMap(readMessage),
    tools: objectsIn(body.tools).map(readTool),
    inputs: [],
    choiceCount: 1,
    stream: body.stream === true,
  };
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isSystem({ role }: JsonObject): boolean {
  return role === 'system';
}

/** A user's message may hold tool results before its text: those are a message of their own here. */
function readMessage({ role, content }: JsonObject): Message[] {
  const text = textOf(content);
  const toolCalls = blocks(content, 'tool_use').map(({ id, name, input }) => ({
    id: stringOr(id),
    name: stringOr(name),
    arguments: input,
  }));
  if (role === 'assistant') return [{ role, text, toolCalls, toolResults: [] }];
  const toolResults = blocks(content, 'tool_result').map((result) => ({
    id: stringOr(result.tool_use_id),
    content: textOf(result.content),
    isError: result.is_error === true,
  }));
  const said: Message = { role: 'user', text, toolCalls: [], toolResults: [] };
  if (toolResults.length === 0) return [said];
  const results: Message = { role: 'tool', text: '', toolCalls: [], toolResults };
  return text === '' ? [results] : [results, said];
}

function blocks(content: unknown, type: string): JsonObject[] {
  return objectsIn(content).filter((block) => block.type === type);
}

function readTool({ name, description, input_schema }: JsonObject): ToolDefinition {
  return { name: stringOr(name), description: stringOr(description), parameters: input_schema };
}
