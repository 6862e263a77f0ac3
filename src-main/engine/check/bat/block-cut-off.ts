import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { cutOffDownload, vhdUtilFill } from '../fingerprints';
import type { Rule } from '../rule';
import { blocksOf, entryEvidence } from './entry-words';

export const blockCutOff: Rule = {
  code: 'block-cut-off',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'A block reaches over the end of the file',
  explanation:
    'The block begins in the file, but its last part is not there. What is missing is lost, unless it was never used; a deep check says how many sectors that is.',
  hint: 'Look for a complete copy of the file first. Else pad the file with zeros to the end of the block.',
  source: 'spec: Data Blocks',
  repair: 'choice',
  run: async (context) => {
    const { bat, metadata, facts } = context;
    if (!bat || bat.cutOff.count === 0) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.cutOff);
    const start = bat.offsetAt(bat.cutOff.first[0] ?? 0) ?? 0;
    const missing = start + facts.blockStrideBytes - metadata.fileSizeBytes;
    const stored = Math.max(0, metadata.fileSizeBytes - start - facts.bitmapBytes);
    const blockSize = facts.blockSizeBytes ?? 0;
    const guestStart = (bat.cutOff.first[0] ?? 0) * blockSize + stored - (stored % 512);
    const guestEnd = Math.min(
      ((bat.cutOff.first[0] ?? 0) + 1) * blockSize,
      facts.currentSizeBytes ?? Infinity,
    );
    return {
      where,
      examples,
      count: bat.cutOff.count,
      detail: `${blocksOf(bat.cutOff)}: ${formatBytes(missing)} ${bat.cutOff.count === 1 ? '' : 'of the first '}${missing === 1 ? 'is' : 'are'} missing behind the end of the file at byte ${formatCount(metadata.fileSizeBytes)}.`,
      guestRanges: guestEnd > guestStart ? [{ offset: guestStart, length: guestEnd - guestStart }] : [],
      evidence: entryEvidence(bat, bat.cutOff),
      likelyCause: vhdUtilFill(context) ?? (await cutOffDownload(context)),
    };
  },
};
