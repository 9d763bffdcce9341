import { formatCount } from '../format/quantity.ts';

/** The heading of a list of which only the first `shown` are shown. */
export function ListHeading({ title, shown, all }: { title: string; shown: number; all: number }) {
  return (
    <h2>
      {title}
      {shown < all && (
        <span className="muted">
          showing {shown} of {formatCount(all)}
        </span>
      )}
    </h2>
  );
}
