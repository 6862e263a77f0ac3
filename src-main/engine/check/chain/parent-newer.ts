import { formatTimestamp } from '../../../../src-shared/vhd/timestamp';
import type { Rule } from '../rule';

/** Clocks and time zones differ between the programs that make images. */
const TOLERANCE_SECONDS = 26 * 3600;

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
    const own = context.metadata.active?.fields.timestampSeconds ?? 0;
    const theirs = parent?.metadata.active?.fields.timestampSeconds ?? 0;
    if (resolution?.identity !== 'proven' || own === 0 || theirs <= own + TOLERANCE_SECONDS) return null;
    return {
      where: { structure: 'chain', offset: 0, length: 0, index: 0 },
      detail: `The parent was made at ${formatTimestamp(theirs)}, this image at ${formatTimestamp(own)}.`,
    };
  },
};
