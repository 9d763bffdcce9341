import { split } from '../chunking.ts';
import { type JsonObject, objectsIn, stringOr } from '../json.ts';
import type { OutputItem, ResponseDocument } from './response.ts';

/** A response as the events of a stream: each item is announced, grows piece by piece, and is given whole. */
export function responseEvents(response: ResponseDocument, size: number | undefined): string[] {
  const { output, status } = response;
  const begun = { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  const events: JsonObject[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap((item, index) => itemEvents(item, index, size)),
    { type: `response.${String(status)}`, response },
  ];
  return events.map((event, sequence) => {
    const { type, ...rest } = event;
    return `event: ${String(type)}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...rest })}\n\n`;
  });
}

function itemEvents(item: OutputItem, output_index: number, size: number | undefined): JsonObject[] {
  return [
    { type: 'response.output_item.added', output_index, item: beginning(item) },
    ...growth(item, size).map((event) => ({ ...event, item_id: item.id, output_index })),
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** An item before anything of it has been said. */
function beginning(item: OutputItem): JsonObject {
  switch (item.type) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    case 'reasoning':
      return { ...item, summary: [] };
  }
}

function growth(item: OutputItem, size: number | undefined): JsonObject[] {
  switch (item.type) {
    case 'message':
      return objectsIn(item.content).flatMap((part, content_index) => partEvents(part, content_index, size));
    case 'function_call': {
      const text = stringOr(item.arguments);
      const type = 'response.function_call_arguments';
      return [
        ...split(text, size).map((delta) => ({ type: `${type}.delta`, delta })),
        { type: `${type}.done`, name: item.name, arguments: text },
      ];
    }
    case 'reasoning':
      return objectsIn(item.summary).flatMap((part, summary_index) =>
        summaryEvents(part, summary_index, size),
      );
  }
}

function partEvents(part: JsonObject, content_index: number, size: number | undefined): JsonObject[] {
  const isText = part.type === 'output_text';
  const key = isText ? 'text' : 'refusal';
  const text = stringOr(part[key]);
  const type = isText ? 'response.output_text' : 'response.refusal';
  const logprobs = isText && { logprobs: [] };
  return [
    { type: 'response.content_part.added', content_index, part: { ...part, [key]: '' } },
    ...split(text, size).map((delta) => ({ type: `${type}.delta`, content_index, delta, ...logprobs })),
    { type: `${type}.done`, content_index, [key]: text, ...logprobs },
    { type: 'response.content_part.done', content_index, part },
  ];
}

function summaryEvents(part: JsonObject, summary_index: number, size: number | undefined): JsonObject[] {
  const text = stringOr(part.text);
  const type = 'response.reasoning_summary_text';
  return [
    { type: 'response.reasoning_summary_part.added', summary_index, part: { ...part, text: '' } },
    ...split(text, size).map((delta) => ({ type: `${type}.delta`, summary_index, delta })),
    { type: `${type}.done`, summary_index, text },
    { type: 'response.reasoning_summary_part.done', summary_index, part },
  ];
}
