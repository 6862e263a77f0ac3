import { formatCount } from '../../../../src-shared/vhd/format-size';
import { DYNAMIC_HEADER_SIZE_BYTES, USUAL_HEADER_OFFSET } from '../../../../src-shared/vhd/constants';
import type { Rule } from '../rule';

export const headerMissing: Rule = {
  code: 'header-missing',
  severity: 'error',
  area: 'header',
  level: 'quick',
  title: 'The dynamic disk header cannot be found',
  explanation:
    'A dynamic or differencing image needs this header to say where its blocks are. There is no copy of it; without it only a search of the whole file can find the blocks.',
  hint: 'Rescue the content into a new file, or rebuild the header from what the footer and the blocks say.',
  source: 'spec: Dynamic Disk Header Format',
  repair: 'choice',
  run: ({ metadata: { active, header, type, fileSizeBytes } }) => {
    if (!active || type === 'fixed' || header) return null;
    if (type === null && active.fields.dataOffset === null) return null;
    const named = active.fields.dataOffset;
    const offset = named !== null && named < fileSizeBytes ? named : USUAL_HEADER_OFFSET;
    return {
      where: { structure: 'dynamicHeader', offset, length: DYNAMIC_HEADER_SIZE_BYTES },
      detail: `The footer points ${named === null ? 'nowhere' : `to byte ${formatCount(named)}`}, where ${named !== null && named >= fileSizeBytes ? 'the file has ended' : 'no whole header fits'}, and there is none at byte ${USUAL_HEADER_OFFSET} either.`,
      evidence: [{ field: 'cookie', expected: 'cxsparse' }],
    };
  },
};
