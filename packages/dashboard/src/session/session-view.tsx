import type { SessionDocument, SpanSkeleton } from '@agentops/server/api';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { SpanPanel } from '../span/span-panel.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Split } from '../ui/split.tsx';
import { buildSpanTree } from '../waterfall/span-tree.ts';
import { WaterfallToolbar } from '../waterfall/toolbar.tsx';
import { useWaterfall } from '../waterfall/use-waterfall.ts';
import { Waterfall } from '../waterfall/waterfall.tsx';
import { Overview } from './overview.tsx';

const route = getRouteApi('/sessions/$sessionId');

/** The waterfall of a session beside the selected span, or beside the session's overview. */
export function SessionView(props: {
  session: SessionDocument;
  spans: readonly SpanSkeleton[];
  /** When the spans were asked for, in ms since the epoch: the right end of a session that still runs. */
  asOf: number;
}) {
  const { session, spans, asOf } = props;
  const { span: selectedId } = route.useSearch();
  const navigate = route.useNavigate();

  const tree = useMemo(() => buildSpanTree(spans), [spans]);
  const now = session.end_state === null ? Number(BigInt(asOf) * 1_000_000n - tree.origin) : 0;
  const until = Math.max(tree.extent, now);
  const waterfall = useWaterfall(tree, until, selectedId, (span) => {
    void navigate({ search: span === undefined ? {} : { span }, replace: true });
  });

  useShortcuts(({ key, target }) => {
    switch (key) {
      case 'e':
        return waterfall.jumpToError(1);
      case 'E':
        return waterfall.jumpToError(-1);
      case 'z':
        return waterfall.zoomTo(waterfall.zoomed ? undefined : waterfall.selected);
      case 'Escape':
        return waterfall.select(undefined);
      default:
        // With the focus nowhere, the keys of the tree have nothing else to do.
        return target === document.body && waterfall.press(key);
    }
  });

  return (
    <Split
      label="Width of the detail"
      main={
        <section className="waterfall-pane" aria-label="Waterfall">
          <WaterfallToolbar waterfall={waterfall} />
          <Waterfall waterfall={waterfall} />
        </section>
      }
      side={
        selectedId === undefined ? (
          <Overview session={session} tree={tree} until={until} onSelect={waterfall.select} />
        ) : (
          <SpanPanel
            sessionId={session.session_id}
            spanId={selectedId}
            node={waterfall.selected}
            onSelect={waterfall.select}
          />
        )
      }
      sideOpen={selectedId !== undefined}
    />
  );
}
