import { useState } from 'react';
import { jsonPieces, readable } from '../format/json.ts';
import { formatBytes } from '../format/quantity.ts';
import { CopyButton } from './copy-button.tsx';
import './text-block.css';

const FOLD_CHARACTERS = 1_500;
const FOLD_LINES = 24;
/** Colouring makes an element of every piece; beyond this size, plain text is what stays quick. */
const COLOUR_CHARACTERS = 100_000;

/** A value of any size: JSON indented and coloured, text as it is; what is long folds. */
export function TextBlock(props: {
  value: unknown;
  mono?: boolean;
  /** Offers to copy the text; completes "Copy …". */
  copyable?: string;
}) {
  const { value, mono = false, copyable } = props;
  const { text, json } = readable(value);
  const [unfolded, setUnfolded] = useState(false);
  const cut = foldAt(text);
  const shown = cut === null || unfolded ? text : text.slice(0, cut);

  return (
    <div className="text-block">
      <pre className={json || mono ? 'mono' : 'prose'}>
        {json && shown.length <= COLOUR_CHARACTERS ? <Coloured text={shown} /> : shown}
        {shown.length < text.length && '…'}
      </pre>
      {copyable !== undefined && <CopyButton text={text} what={copyable} />}
      {cut !== null && (
        <button type="button" className="link-button" onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? 'Show less' : `Show all (${formatBytes(new Blob([text]).size)})`}
        </button>
      )}
    </div>
  );
}

function Coloured({ text }: { text: string }) {
  return jsonPieces(text).map((piece) => (
    <span key={piece.at} className={`json-${piece.type}`}>
      {piece.text}
    </span>
  ));
}

/** Where a text is cut while folded; null where it is short enough, or nearly. */
function foldAt(text: string): number | null {
  let lineEnd = -1;
  for (let line = 0; line < FOLD_LINES; line++) {
    lineEnd = text.indexOf('\n', lineEnd + 1);
    if (lineEnd === -1) break;
  }
  const cut = Math.min(lineEnd === -1 ? text.length : lineEnd, FOLD_CHARACTERS);
  return cut * 1.2 < text.length ? cut : null;
}
