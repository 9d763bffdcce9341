import { useEffect, useState } from 'react';
import { formatAgo, formatInstant } from '../format/time.ts';

const REFRESH_MS = 10_000;

/** How long ago an instant was; in full in its title. */
export function Ago({ instant }: { instant: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={instant} title={formatInstant(instant)}>
      {formatAgo(instant, now)}
    </time>
  );
}
