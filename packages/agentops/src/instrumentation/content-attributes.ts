import type { Attributes, AttributeValue, Span } from '@opentelemetry/api';
import { replaceMember } from './watch-iterator.ts';

/**
 * Attributes that carry what was said, in the names of the GenAI conventions, older ones of theirs, OpenLLMetry,
 * OpenInference and the Vercel AI SDK.
 */
const CONTENT: readonly RegExp[] = [
  /^gen_ai\.(input\.messages|output\.messages|system_instructions|tool\.definitions|event\.content)$/,
  /^gen_ai\.tool\.call\.(arguments|result)$/,
  /^gen_ai\.(prompt|completion)(\.\d.*)?$/,
  /^traceloop\.entity\.(input|output)$/,
  /^(input|output)\.value$/,
  /^llm\.(input_messages|output_messages|prompts?|completions?|tools)(\.|$)/,
  /^ai\.(prompt|values?|embeddings?)(\.|$)/,
  /^ai\.response\.(text|object|reasoning|toolCalls|files)$/,
  /^ai\.toolCall\.(args|result)$/,
];

function isContent(name: string): boolean {
  return CONTENT.some((pattern) => pattern.test(name));
}

/** `attributes` without what was said. */
export function withoutContent(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isContent(name)));
}

/** Keeps what was said from `span`, whoever writes to it. For spans that others make while content capture is off. */
export function refuseContent(span: Span): Span {
  const setAttribute = span.setAttribute.bind(span);
  const addEvent = span.addEvent.bind(span);
  replaceMember(span, 'setAttribute', (name: string, value: AttributeValue): Span => {
    if (!isContent(name)) setAttribute(name, value);
    return span;
  });
  replaceMember(span, 'setAttributes', (attributes: Attributes): Span => {
    for (const [name, value] of Object.entries(withoutContent(attributes))) {
      if (value !== undefined) setAttribute(name, value);
    }
    return span;
  });
  const add: Span['addEvent'] = (name, attributesOrTime, time) => {
    const isTime =
      attributesOrTime instanceof Date ||
      Array.isArray(attributesOrTime) ||
      typeof attributesOrTime !== 'object';
    addEvent(name, isTime ? attributesOrTime : withoutContent(attributesOrTime as Attributes), time);
    return span;
  };
  replaceMember(span, 'addEvent', add);
  return span;
}
