import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const parentAmbiguous: Rule = {
  code: 'parent-ambiguous',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: "Several images have the parent's unique id",
  explanation: 'Any of them could be the parent; copies of one image that went different ways look alike.',
  hint: 'Relink the image to the right one by name.',
  source: 'spec: Parent Unique ID',
  repair: 'none',
  run: (context) => problemDrafts(context, 'parent-ambiguous'),
};
