import type { Fact } from './facts.ts';

/** Facts in columns, as many as there is room for. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <dl className="facts">
      {facts.map(({ label, value, detail }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd title={value}>{value}</dd>
          {detail !== undefined && <dd className="muted">{detail}</dd>}
        </div>
      ))}
    </dl>
  );
}
