/** What stands where a rule has masked something. */
export const MASK = '[redacted]';

/** What stands for a whole value that a rule could not judge: what cannot be checked is not sent. */
export const FAILED_MASK = '[redacted: rule failed]';

/** Told of every mask, by the name of its rule. */
export type CountMasks = (rule: string, masks?: number) => void;

/**
 * One way of finding what must not be sent. `mask` returns `text` itself where there is nothing to mask. What it puts
 * in has neither quotes nor backslashes and replaces no half of an escape, so that JSON stays JSON.
 *
 * Every built-in rule takes time in proportion to the text, whoever wrote the text.
 */
export interface TextRule {
  readonly name: string;
  /** Shorter texts are not asked about. */
  readonly shortest: number;
  mask(text: string, key: string, count: CountMasks): string;
}
