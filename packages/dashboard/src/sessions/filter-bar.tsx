import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { type FilterChanges, type SessionFilters, STATES } from './filters.ts';

const TYPING_PAUSE_MS = 250;

/** What narrows the list: a search, a state, errors; and, as chips to take away, what was clicked in the rows. */
export function FilterBar(props: { filters: SessionFilters; onFilter: (changes: FilterChanges) => void }) {
  const { filters, onFilter } = props;
  return (
    <search className="filter-bar">
      <SearchField text={filters.q ?? ''} onSearch={(text) => onFilter({ q: text })} />
      <fieldset className="segments">
        <legend className="visually-hidden">State</legend>
        {[undefined, ...STATES].map((state) => (
          <label key={state ?? 'any'}>
            <input
              type="radio"
              name="state"
              checked={filters.state === state}
              onChange={() => onFilter({ state })}
            />
            {state === undefined ? 'Any state' : state === 'running' ? 'Running' : state}
          </label>
        ))}
      </fieldset>
      <label className="toggle">
        <input
          type="checkbox"
          checked={filters.errors === true}
          onChange={(event) => onFilter({ errors: event.target.checked ? true : undefined })}
        />
        Only with errors
      </label>
      {(['tag', 'service', 'user'] as const).map((name) => {
        const value = filters[name];
        return (
          value !== undefined && (
            <button
              key={name}
              type="button"
              className="chip removable"
              title={`Show every ${name} again`}
              onClick={() => onFilter({ [name]: undefined })}
            >
              {name}: {value}
              <Icon name="close" />
            </button>
          )
        );
      })}
    </search>
  );
}

/** Searches once the reader pauses. What they are typing wins over what the address says. */
function SearchField({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const input = useRef<HTMLInputElement>(null);
  const search = useEffectEvent(onSearch);

  useEffect(() => {
    if (document.activeElement !== input.current) setTyped(text);
  }, [text]);
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => search(typed.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text]);

  return (
    <SearchInput
      label="Search sessions"
      placeholder="Name, or beginning of an id"
      value={typed}
      onChange={setTyped}
      inputRef={input}
    />
  );
}
