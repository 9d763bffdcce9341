import { useState } from 'react';
import { pluralize } from '../format/quantity.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Icon } from '../ui/icon.tsx';
import { numbered } from '../ui/numbered.ts';
import { TextBlock } from '../ui/text-block.tsx';
import { type Chat, type Message, type Part, toolNames } from './messages.ts';

/** Of a long history, so many of the latest messages are shown at first. */
const LATEST_MESSAGES = 4;
const FOLD_FROM = 7;

/** The conversation of an LLM call: the history that went in, then what the model answered. */
export function ChatView({ chat }: { chat: Chat }) {
  const [whole, setWhole] = useState(false);
  const tools = toolNames(chat);
  const hidden = whole || chat.input.length < FOLD_FROM ? 0 : chat.input.length - LATEST_MESSAGES - 1;
  const [first, ...rest] = numbered(chat.input);

  return (
    <>
      <section className="chat" aria-label="Input messages">
        <h3>Input</h3>
        {first !== undefined && <MessageView {...first} tools={tools} />}
        {hidden > 0 && (
          <button type="button" className="link-button earlier" onClick={() => setWhole(true)}>
            Show {pluralize(hidden, 'message')} in between
          </button>
        )}
        {rest.slice(hidden).map((item) => (
          <MessageView key={item.position} {...item} tools={tools} />
        ))}
      </section>
      {chat.output.length > 0 && (
        <section className="chat" aria-label="Output messages">
          <h3>Output</h3>
          {numbered(chat.output).map((item) => (
            <MessageView key={item.position} {...item} tools={tools} />
          ))}
        </section>
      )}
    </>
  );
}

function MessageView({ item, tools }: { item: Message; tools: ReadonlyMap<string, string> }) {
  return (
    <article className="message" data-role={item.role}>
      <h4>
        {item.role}
        {item.finishReason !== null && item.finishReason !== 'stop' && (
          <span className="muted">finish: {item.finishReason}</span>
        )}
      </h4>
      {numbered(item.parts).map((part) => (
        <PartView key={part.position} part={part.item} tools={tools} />
      ))}
    </article>
  );
}

function PartView({ part, tools }: { part: Part; tools: ReadonlyMap<string, string> }) {
  switch (part.type) {
    case 'text':
      return <TextBlock value={part.text} />;
    case 'reasoning':
      return (
        <Disclosure summary="Reasoning">
          <TextBlock value={part.text} />
        </Disclosure>
      );
    case 'tool_call':
      return <ToolPart title={part.name} id={part.id} content={part.arguments} />;
    case 'tool_result': {
      const title = part.id === null ? 'Result' : `Result of ${tools.get(part.id) ?? 'a tool'}`;
      return <ToolPart title={title} id={part.id} content={part.result} />;
    }
    case 'other':
      return (
        <Disclosure summary={part.label}>
          <TextBlock value={part.value} mono />
        </Disclosure>
      );
  }
}

/** A call of a tool, or its result; `id` is the call's. */
function ToolPart({ title, id, content }: { title: string; id: string | null; content: unknown }) {
  return (
    <div className="tool-part">
      <h5>
        <Icon name="tool" />
        {title}
        {id !== null && <code className="muted">{id}</code>}
      </h5>
      <TextBlock value={content} mono />
    </div>
  );
}
