import { Icon } from '../ui/icon.tsx';
import { TextBlock } from '../ui/text-block.tsx';
import type { Failure } from './failure.ts';

/** One failure: its type and message, and the stack below. */
export function FailureView({ failure }: { failure: Failure }) {
  return (
    <section className="failure" aria-label="Error">
      <h3>
        <Icon name="error" />
        {failure.type}
      </h3>
      {failure.message !== '' && <TextBlock value={failure.message} />}
      {failure.stack !== null && <TextBlock value={failure.stack} mono copyable="the stack" />}
    </section>
  );
}
