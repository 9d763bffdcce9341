import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import './split.css';

const STORAGE_KEY = 'agentops.side-width';
const DEFAULT_WIDTH = 520;
const LEAST_WIDTH = 320;
const LEAST_MAIN_WIDTH = 360;
const KEY_STEP = 24;

/**
 * Two panes with a border to drag between them; its place is remembered. Where there is no room for two, the side
 * lies below the main pane, and over it while `sideOpen`.
 */
export function Split(props: { label: string; main: ReactNode; side: ReactNode; sideOpen: boolean }) {
  const { label, main, side, sideOpen } = props;
  const [width, setWidth] = useState(() => Number(localStorage.getItem(STORAGE_KEY)) || DEFAULT_WIDTH);

  const resize = (wanted: number) => {
    const next = Math.max(LEAST_WIDTH, Math.min(wanted, window.innerWidth - LEAST_MAIN_WIDTH));
    setWidth(next);
    localStorage.setItem(STORAGE_KEY, String(next));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) resize(window.innerWidth - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    resize(width + (event.key === 'ArrowLeft' ? KEY_STEP : -KEY_STEP));
  };

  return (
    <div
      className="split"
      data-side-open={sideOpen || undefined}
      style={{ ['--side-width' as string]: `${width}px` }}
    >
      {main}
      <hr
        className="split-border"
        tabIndex={0}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuenow={width}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      {side}
    </div>
  );
}
