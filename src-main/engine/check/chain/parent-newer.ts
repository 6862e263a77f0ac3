import { madeAfterChild } from '../../chain/edge-evidence';
import type { Rule } from '../rule';

export const parentNewer: Rule = {
  code: 'parent-newer',
  severity: 'warning',
  area: 'chain',
  level: 'chain',
  title: 'The parent was made after the child',
  explanation:
    'By their own creation times the parent is younger than the child. It may be another image under the same unique id, or one that was changed after the child was made: then the child shows a mixture.',
  hint: 'Make sure that the parent is the image that the child was made from.',
  source: 'spec: Time Stamp',
  repair: 'none',
  run: async (context) => {
    const { parent, resolution } = await context.chain();
    const detail = resolution?.identity === 'proven' && parent ? madeAfterChild(context, parent) : null;
    return detail === null ? null : { where: { structure: 'chain', offset: 0, length: 0, index: 0 }, detail };
  },
};
