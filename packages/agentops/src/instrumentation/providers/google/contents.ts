import { type Message, type MessagePart, textPart } from '../../messages.ts';
import type { Content, Part } from './wire.ts';

/** What was said to the model, in whichever of the forms the client takes. */
export function toMessages(contents: unknown): Message[] {
  const list: readonly unknown[] = Array.isArray(contents) ? contents : [contents];
  const messages: { role: string; parts: MessagePart[] }[] = [];
  let lastWasLoose = false;
  for (const item of list) {
    const isContent = typeof item === 'object' && item !== null && 'parts' in item;
    const message = isContent ? toMessage(item as Content) : { role: 'user', parts: toParts(item) };
    const last = messages.at(-1);
    // Texts and parts that stand beside each other are one message.
    if (!isContent && lastWasLoose && last !== undefined) last.parts.push(...message.parts);
    else messages.push({ role: message.role, parts: [...message.parts] });
    lastWasLoose = !isContent;
  }
  return messages;
}

/** A content as a message. What tools gave back comes in the user's name. */
export function toMessage({ role, parts = [] }: Content): Message {
  const isToolAnswer =
    parts.length > 0 && parts.every(({ functionResponse }) => functionResponse !== undefined);
  return {
    role: isToolAnswer ? 'tool' : role === 'model' ? 'assistant' : (role ?? 'user'),
    parts: parts.map(toPart),
  };
}

/** A text, a part, or several of them. */
export function toParts(value: unknown): MessagePart[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [textPart(value)];
  if (Array.isArray(value)) return value.flatMap(toParts);
  const { parts } = value as Content;
  return parts === undefined ? [toPart(value as Part)] : parts.map(toPart);
}

function toPart(part: Part): MessagePart {
  const { text, thought, functionCall, functionResponse, inlineData, fileData } = part;
  if (functionCall !== undefined) {
    const { id, name, args } = functionCall;
    return { type: 'tool_call', id: id ?? null, name: name ?? '', arguments: args };
  }
  if (functionResponse !== undefined) {
    return {
      type: 'tool_call_response',
      id: functionResponse.id ?? null,
      response: functionResponse.response,
    };
  }
  if (inlineData !== undefined) {
    const { data = '', mimeType = '' } = inlineData;
    return { type: 'blob', modality: modalityOf(mimeType), mime_type: mimeType, content: data };
  }
  if (fileData !== undefined) {
    return { type: 'uri', modality: modalityOf(fileData.mimeType ?? ''), uri: fileData.fileUri ?? '' };
  }
  if (text === undefined) return { type: 'other', ...part };
  return thought ? { type: 'reasoning', content: text } : textPart(text);
}

function modalityOf(mimeType: string): string {
  const [kind = ''] = mimeType.split('/');
  return ['image', 'audio', 'video'].includes(kind) ? kind : 'document';
}
