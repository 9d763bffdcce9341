import type { RedactionRuleConfig } from '../../config/config.ts';
import type { RedactionKeys } from '../../config/pipeline-options.ts';
import { cards } from './cards.ts';
import { emails } from './emails.ts';
import { KeyNames } from './key-names.ts';
import { KeyedValues } from './keyed-values.ts';
import type { TextRule } from './rule.ts';
import { secretPatterns } from './secrets.ts';
import { functionRule, patternRule } from './user-rules.ts';

/** What is to be masked, ready to run. */
export interface Rules {
  /** By the name a value goes by. */
  readonly names: KeyNames;
  readonly hasUserKeys: boolean;
  readonly builtIn: readonly TextRule[];
  /** Run after the built-in ones, in the order they were given. */
  readonly users: readonly TextRule[];
  readonly isEmpty: boolean;
}

/** Throws `invalid_config` for a pattern that is no regular expression. */
export function compileRules(config: readonly RedactionRuleConfig[]): Rules {
  const keys = config.filter((rule): rule is RedactionKeys => typeof rule === 'object' && 'keys' in rule);
  const names = new KeyNames(config.includes('secrets'), keys);
  const builtIn = [
    ...(config.includes('secrets') ? [secretPatterns] : []),
    ...(names.isEmpty ? [] : [new KeyedValues(names)]),
    ...(config.includes('emails') ? [emails] : []),
    ...(config.includes('cards') ? [cards] : []),
  ];
  const users = config.flatMap((rule) => {
    if (typeof rule === 'function') return functionRule(rule);
    return typeof rule === 'object' && 'pattern' in rule ? patternRule(rule) : [];
  });
  return {
    names,
    hasUserKeys: keys.length > 0,
    builtIn,
    users,
    isEmpty: builtIn.length + users.length === 0,
  };
}
