import type { SpanDocument } from '@agentops/server/api';
import { numbered } from '../ui/numbered.ts';
import { kindOf } from '../waterfall/kind.ts';
import type { SpanNode } from '../waterfall/span-tree.ts';
import { failuresOf } from './failure.ts';
import { FailureView } from './failure-view.tsx';
import { LlmView } from './llm-view.tsx';
import { OperationView } from './operation-view.tsx';

/** What a reader wants to know first about a span of its kind; what went wrong comes before everything. */
export function SpanView({ span, node }: { span: SpanDocument; node: SpanNode | undefined }) {
  return (
    <>
      {numbered(failuresOf(span)).map(({ position, item }) => (
        <FailureView key={position} failure={item} />
      ))}
      {kindOf(span) === 'llm' ? <LlmView span={span} /> : <OperationView span={span} node={node} />}
    </>
  );
}
