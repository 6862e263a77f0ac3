import { AppError } from '../../../../src-shared/errors';
import type { Rule } from '../rule';
import { draftsOf } from './problem-drafts';

export const parentFoundById: Rule = {
  code: 'parent-found-by-id',
  severity: 'note',
  area: 'chain',
  level: 'quick',
  title: 'The parent is another file than the one that the image names',
  explanation:
    'No file is where the image says that its parent is, and one of another name has the unique id that the image asks for. It is read as the parent. That is right where the parent was renamed; a copy that was changed after it was made has the same id and other content.',
  hint: 'If that file is the parent, relink the image to it, so that every program finds it. If it is a copy, put the parent back.',
  source: 'spec: Parent Unique ID, Parent Locator Entries',
  repair: 'none',
  run: async (context) => {
    if (context.metadata.type !== 'differencing') return null;
    // ancestors have findings of their own unless the whole chain was asked for
    const walk = context.environment.chain === true ? context.chain() : context.edge();
    try {
      return draftsOf(await walk, 'parent-found-by-id');
    } catch (error) {
      // a folder that may not be listed says nothing about the image
      if (error instanceof AppError && error.kind === 'system') return null;
      throw error;
    }
  },
};
