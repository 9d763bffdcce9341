import { useEffect, useState } from 'react';
import { Icon } from './icon.tsx';

const ANSWER_SHOWN_MS = 1_500;

/** Copies a text and says for a moment how that went. `what` completes the label: "Copy …". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [answer, setAnswer] = useState<'Copied' | 'Could not copy' | null>(null);
  useEffect(() => {
    if (answer === null) return;
    const timer = setTimeout(() => setAnswer(null), ANSWER_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [answer]);

  const label = answer ?? `Copy ${what}`;
  return (
    <button
      type="button"
      className="icon-button copy"
      aria-label={label}
      title={label}
      onClick={() =>
        void copyText(text).then(
          () => setAnswer('Copied'),
          () => setAnswer('Could not copy'),
        )
      }
    >
      <Icon name={answer === null ? 'copy' : answer === 'Copied' ? 'check' : 'close'} />
    </button>
  );
}

/** Pages served over plain HTTP by another host have no clipboard API; the old way still works there. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('The browser refused to copy.');
}
