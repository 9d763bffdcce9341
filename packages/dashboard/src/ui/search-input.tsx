import { type RefObject, useRef } from 'react';
import { Icon } from './icon.tsx';
import { useShortcuts } from './shortcuts.ts';

/** A search field that `/` reaches from anywhere on the page. Escape empties it, and leaves it once it is empty. */
export function SearchInput(props: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  inputRef?: RefObject<HTMLInputElement | null>;
}) {
  const { label, placeholder, value, onChange } = props;
  const own = useRef<HTMLInputElement>(null);
  const input = props.inputRef ?? own;
  useShortcuts((event) => {
    if (event.key !== '/') return false;
    input.current?.focus();
    return true;
  });

  return (
    <label className="search-input">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (value === '') event.currentTarget.blur();
          else onChange('');
        }}
      />
    </label>
  );
}
