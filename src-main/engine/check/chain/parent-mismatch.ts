import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const parentMismatch: Rule = {
  code: 'parent-mismatch',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: 'The parent that was found is another image',
  explanation:
    'Its unique id is not the one that the child names. Read together, the two would give a disk that never was.',
  hint: 'Find the image with the right unique id. Relink to this one only if it is known to be the parent.',
  source: 'spec: Parent Unique ID',
  repair: 'none',
  run: (context) => problemDrafts(context, 'parent-mismatch'),
};
