import type { SessionSummary } from '@agentops/server/api';
import { useEffect, useEffectEvent, useState } from 'react';
import { type HeldRows, holdNewer } from './held-rows.ts';

/** Rows that stay where they are while the reader is among them. */
export interface SteadyRows extends HeldRows {
  /** Shows what was held, from the top of the page. */
  readonly release: () => void;
  /** For the element around the rows: a pointer or the focus inside it holds them. */
  readonly holding: Readonly<Record<'onPointerEnter' | 'onPointerLeave' | 'onFocus' | 'onBlur', () => void>>;
}

/**
 * New sessions appear at once while the reader is at the top of the page and not among the rows. Otherwise they wait,
 * and once any waits, until it is asked for.
 */
export function useHeldRows(sessions: readonly SessionSummary[]): SteadyRows {
  const [first, setFirst] = useState<string | null>(null);
  const { shown, held } = holdNewer(sessions, first);

  const hold = () => setFirst((current) => current ?? shown[0]?.session_id ?? null);
  const leave = () => {
    if (window.scrollY === 0 && held === 0) setFirst(null);
  };
  const onScroll = useEffectEvent(() => (window.scrollY > 0 ? hold() : leave()));
  useEffect(() => {
    const listener = () => onScroll();
    window.addEventListener('scroll', listener, { passive: true });
    return () => window.removeEventListener('scroll', listener);
  }, []);

  return {
    shown,
    held,
    release: () => {
      setFirst(null);
      window.scrollTo({ top: 0 });
    },
    holding: { onPointerEnter: hold, onPointerLeave: leave, onFocus: hold, onBlur: leave },
  };
}
