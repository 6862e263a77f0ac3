import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const parentSizeDiffers: Rule = {
  code: 'parent-size-differs',
  severity: 'warning',
  area: 'chain',
  level: 'chain',
  title: 'Parent and child have different sizes',
  explanation:
    'One of the two was resized after the child was made. Hyper-V refuses the chain; Xen allows a child that is larger.',
  hint: 'Give the parent its old size back if only its size was changed, or merge the chain into a new image.',
  source: 'Microsoft: error 0xC03A0017',
  repair: 'none',
  run: (context) => problemDrafts(context, 'parent-size-differs'),
};
