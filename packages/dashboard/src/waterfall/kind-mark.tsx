import { Icon } from '../ui/icon.tsx';
import type { SpanKind } from './kind.ts';
import './kind.css';

/** The kind of a span as an icon on its colour. */
export function KindMark({ kind }: { kind: SpanKind }) {
  return (
    <span className="kind-mark" data-kind={kind}>
      <Icon name={kind} />
    </span>
  );
}
