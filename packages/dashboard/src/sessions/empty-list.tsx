import { readCredentials } from '../api/credentials.ts';
import { TextBlock } from '../ui/text-block.tsx';
import type { FilterChanges } from './filters.ts';

/** What a backend without any session says: how to send the first one. */
export function GettingStarted() {
  return (
    <section className="getting-started" aria-label="Getting started">
      <h2>No sessions yet</h2>
      <p>Sessions appear here by themselves as soon as the first span arrives.</p>
      <h3>From your application</h3>
      <TextBlock value={firstSession()} mono copyable="the snippet" />
      <h3>Or look at a made-up one first</h3>
      <TextBlock value={`npx agentops demo --endpoint ${location.origin}`} mono copyable="the command" />
    </section>
  );
}

/** What the list says when filters leave nothing. */
export function NothingFound({ onFilter }: { onFilter: (changes: FilterChanges) => void }) {
  const none = {
    q: undefined,
    state: undefined,
    errors: undefined,
    tag: undefined,
    service: undefined,
    user: undefined,
  };
  return (
    <section className="getting-started">
      <h2>No session matches these filters</h2>
      <button type="button" className="button" onClick={() => onFilter(none)}>
        Clear all filters
      </button>
    </section>
  );
}

function firstSession(): string {
  const options = [`endpoint: '${location.origin}'`];
  if (readCredentials().key !== null) options.push('apiKey: process.env.AGENTOPS_API_KEY');
  return `import { init, startSession } from 'agentops';

init({ ${options.join(', ')} });

const session = startSession({ name: 'my first session' });
// … run your agent …
session.end('Success');`;
}
