import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { Place } from '../../../../src-shared/model/finding';
import type { CheckContext } from '../context';
import type { FindingDraft, Rule } from '../rule';
import { roomyGaps, UnclaimedBlockCount } from '../unclaimed-blocks';
import { counted } from '../words';

/** Where whole blocks may lie there, giving the space back would lose them. */
const HELD = {
  severity: 'warning',
  hint: 'Do not compact or convert the image yet: that drops these bytes. "platter rescue" builds a new image from every block it finds; a deep check says what lies there.',
} as const;

/** Bytes that `write` hands on at once at most; their blocks are published together. Other programs publish each. */
const WRITTEN_AT_ONCE_BYTES = 1024 * 1024;

/**
 * Blocks that a crash can keep out of the BAT: those of one piece that is written, the first and the last of them in
 * part. Where a host lost more writes of the BAT than that, the guest lost what it wrote: no leak, but content gone.
 */
const leakedBlocksMax = (blockSizeBytes: number): number =>
  Math.ceil(WRITTEN_AT_ONCE_BYTES / blockSizeBytes) + 1;

export const unreferencedSpace: Rule = {
  code: 'unreferenced-space',
  severity: 'note',
  severities: ['note', 'warning', 'error'],
  area: 'file',
  level: 'quick',
  title: 'Parts of the file belong to nothing',
  explanation:
    'No structure and no block claims these bytes, and they are large enough for a block. They were set aside, left behind when the disk was made smaller, or a crash came between a block and its entry in the BAT; it is an error where more blocks lie there than the BAT names, and more than a crash can leave. A deep check says whether anything is in them.',
  hint: 'Compacting the image gives the space back.',
  source: 'spec: Data Blocks',
  repair: 'none',
  run: async (context) => {
    const places: Place[] = [];
    let count = 0;
    let bytes = 0;
    let holdsBlocks = false;
    const blocks = new UnclaimedBlockCount(context);
    for await (const gap of roomyGaps(context)) {
      const { offset, end, beginsAsBlock } = gap;
      count += 1;
      bytes += end - offset;
      if (places.length < 21) places.push({ structure: 'file', offset, length: end - offset });
      if (!beginsAsBlock) continue;
      holdsBlocks = true;
      await blocks.add(gap);
    }
    const [where = null, ...examples] = places;
    if (count === 0) return null;
    const stretches = `${formatSizeBoth(bytes)} in ${count === 1 ? 'one stretch' : `${formatCount(count)} stretches`} belong to nothing`;
    const lost = lostTable(context, blocks.count);
    return {
      where,
      examples,
      count,
      ...(holdsBlocks ? HELD : {}),
      ...(lost ?? {}),
      detail: `${stretches}${holdsBlocks ? ', and begin as a block does: content may lie there that the BAT has lost' : ''}.${lost ? ` ${lost.detail}` : ''}`,
    };
  },
};

/** What is said where the BAT, not a crash, has lost the blocks; null where it has not. */
function lostTable(
  { bat, facts }: CheckContext,
  unclaimed: number,
): (Partial<FindingDraft> & { readonly detail: string }) | null {
  if (!bat || facts.blockSizeBytes === null) return null;
  // of blocks beyond the end of the disk another finding speaks
  const lost = unclaimed - bat.beyondDisk.count;
  if (lost <= bat.allocatedCount || lost <= leakedBlocksMax(facts.blockSizeBytes)) return null;
  const isEmpty = bat.allocatedCount === 0;
  return {
    severity: 'error',
    title: isEmpty ? 'The BAT is empty, and blocks lie in the file' : 'The BAT has lost most of the blocks',
    detail: `${formatCount(lost)} whole blocks lie there at least, and the BAT names ${isEmpty ? 'none' : counted(bat.allocatedCount, 'block', 'blocks')}: what they hold is not seen by any program.`,
    likelyCause: `${isEmpty ? 'Every entry of' : 'A part of'} the BAT was cleared or never written: a tool overwrote the table, or the disk below lost those writes. An interrupted write leaves ${formatCount(leakedBlocksMax(facts.blockSizeBytes))} blocks at most.`,
    hint: 'Write nothing to the image, and do not compact or convert it: that drops these blocks. "platter rescue" builds a new image from every block it finds, and says where only their order in the file tells which is which.',
  };
}
