import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** Something that stays folded behind its summary until asked for. */
export function Disclosure({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  return (
    <details className="disclosure">
      <summary>
        <Icon name="chevron" />
        {summary}
      </summary>
      {children}
    </details>
  );
}
