import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const parentMissing: Rule = {
  code: 'parent-missing',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: 'The parent was not found',
  explanation:
    'A differencing disk holds only what was changed; everything else is in its parent. Without the parent the disk cannot be read.',
  hint: 'Put the parent beside the image, or relink the image to where it is.',
  source: 'spec: Parent Locator Entries',
  repair: 'none',
  run: (context) => problemDrafts(context, 'parent-missing'),
};
