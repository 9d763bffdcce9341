import { type Tick, type TimeWindow, tickLabel } from './timeline.ts';

/** The head of the waterfall: the names of its columns and the instants of its time axis. */
export function TimeAxis({ ticks, window }: { ticks: readonly Tick[]; window: TimeWindow }) {
  return (
    <div className="row time-axis" aria-hidden="true">
      <span>Span</span>
      <span className="number tokens">Tokens</span>
      <span className="number cost">Cost</span>
      <span className="number duration">Duration</span>
      <div className="timeline">
        {ticks.filter(hasRoom).map((tick) => (
          <span key={tick.ms} className="tick" style={{ left: `${tick.at}%` }}>
            {tickLabel(tick.ms, window)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A label at the right edge would be cut off. */
function hasRoom({ at }: Tick): boolean {
  return at < 92;
}

/** The lines that carry the axis down through all rows. */
export function TimeGrid({ ticks }: { ticks: readonly Tick[] }) {
  return (
    <div className="row time-grid" aria-hidden="true">
      <div className="timeline">
        {ticks.map((tick) => (
          <i key={tick.ms} style={{ left: `${tick.at}%` }} />
        ))}
      </div>
    </div>
  );
}
