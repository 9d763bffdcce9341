import type { SpanDocument } from '@agentops/server/api';
import type { AttributeValue } from '../format/json.ts';
import { TextBlock } from '../ui/text-block.tsx';
import type { SpanNode } from '../waterfall/span-tree.ts';
import { branchTotals } from '../waterfall/usage.ts';
import { FactList } from './fact-list.tsx';
import { operationFacts } from './facts.ts';
import { NotCaptured } from './not-captured.tsx';
import { payloadOf } from './payload.ts';

/** A tool, an agent or any other operation: its figures, what it was given, what it gave back. */
export function OperationView({ span, node }: { span: SpanDocument; node: SpanNode | undefined }) {
  const { input, output } = payloadOf(span.attributes);
  const totals = node === undefined || node.children.length === 0 ? null : branchTotals(node);
  return (
    <>
      <FactList facts={operationFacts(span, totals)} />
      <PayloadSection title="Input" value={input} />
      <PayloadSection title="Output" value={output} />
      {node?.kind === 'tool' && input === null && output === null && (
        <NotCaptured what="the tool's input and output" />
      )}
    </>
  );
}

function PayloadSection({ title, value }: { title: string; value: AttributeValue }) {
  if (value === null) return null;
  return (
    <section className="payload" aria-label={title}>
      <h3>{title}</h3>
      <TextBlock value={value} copyable={`the ${title.toLowerCase()}`} />
    </section>
  );
}
