import type { SpanDocument } from '@agentops/server/api';
import { STREAM_TRUNCATED, TOOL_DEFINITIONS } from '../semconv.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Icon } from '../ui/icon.tsx';
import { TextBlock } from '../ui/text-block.tsx';
import { ChatView } from './chat-view.tsx';
import { FactList } from './fact-list.tsx';
import { llmFacts } from './facts.ts';
import { chatOf } from './messages.ts';
import { NotCaptured } from './not-captured.tsx';

/** An LLM call: its figures, then the conversation. */
export function LlmView({ span }: { span: SpanDocument }) {
  const chat = chatOf(span.attributes);
  const tools = span.attributes[TOOL_DEFINITIONS];
  return (
    <>
      {span.attributes[STREAM_TRUNCATED] === true && (
        <p className="warning">
          <Icon name="error" />
          The stream ended early: below is what had arrived by then.
        </p>
      )}
      <FactList facts={llmFacts(span)} />
      {tools !== undefined && (
        <Disclosure summary="Tools offered to the model">
          <TextBlock value={tools} />
        </Disclosure>
      )}
      {chat === null ? <NotCaptured what="the messages of this call" /> : <ChatView chat={chat} />}
    </>
  );
}
