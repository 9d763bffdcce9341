import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const sheet = readFileSync(new URL('../../src/ui/tokens.css', import.meta.url), 'utf8');
const themes = ['light', 'dark'] as const;

/** The value of a colour in one theme, as red, green and blue from 0 to 1. */
function colour(name: string, theme: (typeof themes)[number]): number[] {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(sheet)!;
  const hex = theme === 'light' ? light! : dark!;
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** Contrast after WCAG 2.2, from 1 to 21. */
function contrast(a: number[], b: number[]): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function luminance(rgb: number[]): number {
  const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe.each(themes)('colours of the %s theme', (theme) => {
  const pairs = [
    ...['text', 'muted', 'accent', 'fail', 'success', 'running'].flatMap((ink) =>
      ['background', 'raised', 'hover', 'selected'].map((paper) => [ink, paper] as const),
    ),
    ...['success', 'fail', 'uncertain', 'running'].map((tone) => [tone, `${tone}-tint`] as const),
    ['text', 'fail-tint'] as const,
    ['on-accent', 'accent'] as const,
    ['kind-tool', 'background'] as const,
  ];

  it.each(pairs)('let %s be read on %s', (ink, paper) => {
    expect(contrast(colour(ink, theme), colour(paper, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['session', 'agent', 'llm', 'tool', 'workflow', 'step', 'error', 'other'])(
    'let bars of kind %s be seen on every row',
    (kind) => {
      for (const paper of ['background', 'hover', 'selected']) {
        expect(contrast(colour(`kind-${kind}`, theme), colour(paper, theme))).toBeGreaterThanOrEqual(3);
      }
    },
  );
});
