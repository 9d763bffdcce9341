/** Outlines on a 16 × 16 grid, drawn with a 1.5 px stroke in the text's colour. */
const OUTLINES = {
  session: 'M2.5 4h8M5 8h8.5M7.5 12h4',
  agent: 'M4 6.5h8v6.5H4zM8 6.5V3.5M8 2.75v.01M6.5 9.5v.5M9.5 9.5v.5M2 9v2M14 9v2',
  llm: 'M2.5 3.5h11v7.5H8L5 13.5V11H2.5z',
  tool: 'M9.7 3.2a3.2 3.2 0 0 1 3.6.2L11 5.6l.4 1.2 1.1.3 1.9-2a3.3 3.3 0 0 1-4.6 3.7l-4.6 4.6a1.4 1.4 0 0 1-2-2L7.7 6.8a3.3 3.3 0 0 1 2-3.6z',
  workflow: 'M3 2.5h4v3.5H3zM9 10h4v3.5H9zM5 6v5.75h4',
  step: 'M5.5 3.5 10 8l-4.5 4.5',
  error: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.5M8 10.9v.01',
  other: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  chevron: 'M6 4l4 4-4 4',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  sun: 'M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5zM8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z',
  unlinked: 'M6.5 4.5 8 3a3 3 0 0 1 5 5l-1.5 1.5M9.5 11.5 8 13a3 3 0 0 1-5-5l1.5-1.5M3 3l10 10',
  zoom: 'M2.5 8h11M5 5.5 2.5 8 5 10.5M11 5.5 13.5 8 11 10.5',
} as const;

/** The name of an icon. Kinds of spans have one each. */
export type IconName = keyof typeof OUTLINES;

/** An icon. It is decoration: whatever it stands next to, or the button around it, carries the words. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={OUTLINES[name]} />
    </svg>
  );
}
