import { isText } from '../fields.ts';
import { isJsonObject, type JsonObject, objectsIn, stringOr } from '../json.ts';
import type { Message, PastToolCall, RequestContent, ToolDefinition, ToolResult } from '../request.ts';

/** Reads the body of a request to generate content. */
export function readContents(body: JsonObject, model: string, stream: boolean): RequestContent {
  const config = isJsonObject(body.generationConfig) ? body.generationConfig : {};
  return {
    provider: 'google',
    operation: 'chat',
    model,
    system: textOf(body.systemInstruction),
    messages: objectsIn(body.contents).flatMap(readContent),
    tools: objectsIn(body.tools).flatMap(({ functionDeclarations }) =>
      objectsIn(functionDeclarations).map(readTool),
    ),
    inputs: [],
    choiceCount: typeof config.candidateCount === 'number' ? config.candidateCount : 1,
    stream,
  };
}

/** What the parts of a content say. */
export function textOf(content: unknown): string {
  const parts = isJsonObject(content) ? objectsIn(content.parts) : [];
  return parts
    .map(({ text }) => text)
    .filter(isText)
    .join('');
}

/** What tools gave back comes as the user's; here it is a message of its own. */
function readContent(content: JsonObject): Message[] {
  const parts = objectsIn(content.parts);
  const toolResults = parts
    .map(({ functionResponse }) => functionResponse)
    .filter(isJsonObject)
    .map(readResult);
  if (toolResults.length > 0) return [{ role: 'tool', text: '', toolCalls: [], toolResults }];
  const role = content.role === 'model' ? 'assistant' : 'user';
  const toolCalls = parts
    .map(({ functionCall }) => functionCall)
    .filter(isJsonObject)
    .map(readCall);
  return [{ role, text: textOf(content), toolCalls, toolResults: [] }];
}

function readCall({ id, name, args }: JsonObject): PastToolCall {
  return { id: stringOr(id), name: stringOr(name), arguments: args };
}

function readResult({ id, response }: JsonObject): ToolResult {
  return { id: stringOr(id), content: JSON.stringify(response), isError: false };
}

function readTool({ name, description, parameters, parametersJsonSchema }: JsonObject): ToolDefinition {
  return {
    name: stringOr(name),
    description: stringOr(description),
    parameters: parametersJsonSchema ?? parameters,
  };
}
