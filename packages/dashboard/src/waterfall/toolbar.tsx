import { formatCount, pluralize } from '../format/quantity.ts';
import { Icon } from '../ui/icon.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import type { WaterfallState } from './use-waterfall.ts';

/** What can be done with the waterfall as a whole: search, jump between errors, fold, zoom. */
export function WaterfallToolbar({ waterfall }: { waterfall: WaterfallState }) {
  const { tree, rows, selected, zoomed } = waterfall;
  const errors = tree.errors.length;
  const current = selected === undefined ? -1 : tree.errors.indexOf(selected);

  return (
    <div className="waterfall-toolbar">
      <SearchInput
        label="Search spans"
        placeholder="Name, model or agent"
        value={waterfall.search}
        onChange={waterfall.setSearch}
      />
      <span className="muted" role="status">
        {rows.matches === null
          ? pluralize(tree.nodes.length, 'span')
          : `${formatCount(rows.matches.size)} of ${pluralize(tree.nodes.length, 'span')}`}
      </span>
      {errors > 0 && (
        <span className="error-jump">
          <Icon name="error" />
          {current >= 0 && `${current + 1} of `}
          {pluralize(errors, 'error')}
          <button
            type="button"
            className="icon-button"
            aria-label="Previous error"
            title="Previous error (Shift+E)"
            onClick={() => waterfall.jumpToError(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="Next error"
            title="Next error (E)"
            onClick={() => waterfall.jumpToError(1)}
          >
            <Icon name="down" />
          </button>
        </span>
      )}
      <span className="spacer" />
      {zoomed ? (
        <button type="button" className="button small" onClick={() => waterfall.zoomTo(undefined)}>
          Whole session
        </button>
      ) : (
        <button
          type="button"
          className="button small"
          disabled={selected === undefined}
          title="Let the time axis span the selected span (Z)"
          onClick={() => waterfall.zoomTo(selected)}
        >
          Zoom to span
        </button>
      )}
      <button
        type="button"
        className="button small"
        onClick={waterfall.collapsed.size > 0 ? waterfall.expandAll : waterfall.collapseAll}
      >
        {waterfall.collapsed.size > 0 ? 'Expand all' : 'Collapse all'}
      </button>
    </div>
  );
}
