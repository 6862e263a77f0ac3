import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const parentRaw: Rule = {
  code: 'parent-raw',
  severity: 'warning',
  area: 'chain',
  level: 'chain',
  title: 'The chain stands on a raw disk',
  explanation:
    'A raw disk carries no identity, so that nothing proves that it is the right one, or unchanged.',
  hint: 'Name the raw disk when the image is read.',
  source: 'blktap: libvhd.c, vhd_parent_raw',
  repair: 'none',
  run: (context) => problemDrafts(context, 'parent-raw'),
};
