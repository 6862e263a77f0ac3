export { findRule, RULE_CATALOGUE } from './catalogue';
export { checkImage, quickFindings, requireVhd } from './check-image';
export type { CheckOptions, OpenImage } from './check-image';
export type { RuleArea, RuleFacts, RuleLevel } from './rule';
