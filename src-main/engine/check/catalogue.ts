import { CHAIN_RULES } from './chain-rules';
import { DEEP_RULES } from './deep-rules';
import { QUICK_RULES } from './quick-rules';
import type { Rule, RuleFacts } from './rule';
import { RULE_FAILED } from './run-rules';

/** Every rule of the check, in the order they run and are listed. To add one: a file named after its code, and a line in the list of its level. */
export const RULES: readonly Rule[] = [...QUICK_RULES, ...DEEP_RULES, ...CHAIN_RULES];

/** `check --list-rules`: what every rule is about, the check's own failure included. */
export const RULE_CATALOGUE: readonly RuleFacts[] = [...RULES, RULE_FAILED];
