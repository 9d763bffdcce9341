import type { RedactionFunction, RedactionPattern } from '../../config/pipeline-options.ts';
import { AgentOpsError } from '../../errors.ts';
import { MASK, type TextRule } from './rule.ts';

/** A rule of the user's that took longer for one text is reported. */
export const SLOW_RULE_MS = 50;

/**
 * A pattern of the user's own. Its replacement may say `$1` and the like. Whether it takes time in proportion to the
 * text, and leaves JSON what it was, is for its author to see to.
 *
 * Throws `invalid_config` for a text that is no regular expression.
 */
export function patternRule({ pattern, replacement = MASK }: RedactionPattern): TextRule {
  const { source, flags } = compiled(pattern);
  const everywhere = new RegExp(source, `${flags.replace(/[gy]/g, '')}g`);
  const name = `pattern /${source}/`;
  return {
    name,
    shortest: 0,
    mask(text, _key, count) {
      const masked = text.replace(everywhere, replacement);
      if (masked !== text) count(name);
      return masked;
    },
  };
}

function compiled(pattern: RegExp | string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new AgentOpsError(
      'invalid_config',
      `content.redact: ${JSON.stringify(pattern)} is no regular expression`,
      { cause },
    );
  }
}

/** A function of the user's own. */
export function functionRule(redact: RedactionFunction): TextRule {
  const name = `function ${redact.name || 'anonymous'}`;
  return {
    name,
    shortest: 0,
    mask(text, key, count) {
      const masked: unknown = redact(text, key);
      if (typeof masked !== 'string') throw new TypeError(`it returned ${typeof masked} and no text`);
      if (masked !== text) count(name);
      return masked;
    },
  };
}
