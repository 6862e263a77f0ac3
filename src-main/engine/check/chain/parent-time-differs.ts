import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const parentTimeDiffers: Rule = {
  code: 'parent-time-differs',
  severity: 'note',
  area: 'chain',
  level: 'chain',
  title: 'The parent file has another modification time than the child remembers',
  explanation:
    'Copying or restoring a file is enough for that, and so is daylight saving time; but it also happens when the parent was changed, which damages the child. 86Box and SIMH refuse the chain.',
  hint: 'If the parent is known to be unchanged, relink the image: that stores the new time.',
  source: 'spec: Parent Time Stamp; 86Box, SIMH',
  repair: 'none',
  run: (context) => problemDrafts(context, 'parent-time-differs'),
};
