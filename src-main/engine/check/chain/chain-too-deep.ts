import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const chainTooDeep: Rule = {
  code: 'chain-too-deep',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: 'The chain of parents is too long',
  explanation:
    'Every read may have to go through all images. Chains of this length are not followed to their end.',
  hint: 'Merge some of the chain.',
  source: 'Platter: at most 64 images',
  repair: 'none',
  run: (context) => problemDrafts(context, 'chain-too-deep'),
};
