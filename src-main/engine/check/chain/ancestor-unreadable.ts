import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const ancestorUnreadable: Rule = {
  code: 'ancestor-unreadable',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: 'An ancestor cannot be read',
  explanation: 'Without it, the content of this image is not complete.',
  hint: 'Check the ancestor by itself.',
  source: 'Platter',
  repair: 'none',
  run: (context) => problemDrafts(context, 'unreadable'),
};
