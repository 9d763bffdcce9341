import type { SpanDocument } from '@agentops/server/api';
import { useState } from 'react';
import { readable } from '../format/json.ts';
import { TextBlock } from '../ui/text-block.tsx';

/** Attributes by name, each to copy; searched by name and value where there may be many. */
export function AttributeTable(props: { attributes: SpanDocument['attributes']; searchable?: boolean }) {
  const { attributes, searchable = false } = props;
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const all = Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b));
  const shown = all.filter(([name, value]) =>
    `${name}\n${readable(value).text}`.toLowerCase().includes(wanted),
  );

  if (all.length === 0) return <p className="nothing">No attributes.</p>;
  return (
    <>
      {searchable && (
        <input
          type="search"
          className="table-search"
          aria-label="Search attributes"
          placeholder="Search names and values"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <table className="attributes">
        <tbody>
          {shown.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <TextBlock value={value} mono copyable={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p className="nothing">None of {all.length} attributes matches.</p>}
    </>
  );
}
