/** Blocks that share bytes. Which of them is right cannot be known: never decided without a word. */
import { BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { RepairOption } from '../../../../src-shared/model/repair-plan';
import type { RepairRecipe } from '../recipe';
import { indexesIn, viewBat, writeEntry, type BatView } from './bat-entries';
import { DataEnd } from './data-end';
import { appendCopies } from './room';

/** Copies are held in memory until they are written. */
const COPIED_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Which of the overlapping blocks have to go so that the others share nothing. Blocks are walked by their place in the
 * file, those at one place by their number; `keepLast` walks from the end.
 */
function losers({ bat, facts }: BatView, indexes: readonly number[], keepLast: boolean): readonly number[] {
  const ordered = [...indexes].sort((a, b) => (bat.entries.at(a) ?? 0) - (bat.entries.at(b) ?? 0) || a - b);
  if (keepLast) ordered.reverse();
  const stride = facts.blockStrideBytes / SECTOR_SIZE_BYTES;
  const lost: number[] = [];
  let kept: number | null = null;
  for (const index of ordered) {
    const sector = bat.entries.at(index) ?? 0;
    if (kept !== null && Math.abs(sector - kept) < stride) lost.push(index);
    else kept = sector;
  }
  return lost;
}

const keep = (name: string, which: string): RepairOption => ({
  name,
  title: `Keep the ${which} block`,
  detail: `Of blocks that share bytes the ${which} in the file stays (at one place: the one with the ${which === 'first' ? 'lower' : 'higher'} number); the others are given up.`,
  risk: 'data',
});

const blocksOverlap: RepairRecipe = {
  codes: ['blocks-overlap'],
  dependsOn: ['header-checksum', 'header-cookie', 'bat-entry-in-metadata', 'bat-outside'],
  offer: async (context) => {
    const { file, metadata } = context;
    const view = await viewBat(context);
    const indexes = view ? indexesIn(view.bat, ['overlapping']) : [];
    if (!view || indexes.length === 0) return null;
    const copied = losers(view, indexes, false);
    const copiedBytes = copied.length * view.facts.blockStrideBytes;
    const canCopy = copiedBytes <= COPIED_BYTES_MAX && metadata.footer?.position !== 'displaced';
    return {
      title: 'Part the blocks that share bytes',
      detail: `${formatCount(indexes.length)} blocks share bytes with another one. Which is the newer cannot be known.`,
      risk: 'data',
      certain: false,
      options: [
        ...(canCopy
          ? [
              {
                name: 'duplicate',
                title: 'Give each its own copy',
                detail: `Every block keeps the bytes that it shows now, one of each pair wrongly. The file grows by ${formatSizeBoth(copiedBytes)}.`,
                risk: 'low',
              } as const,
            ]
          : []),
        keep('keep-first', 'first'),
        keep('keep-second', 'last'),
      ],
      apply: async (option) => {
        if (option !== 'duplicate') {
          for (const index of losers(view, indexes, option === 'keep-second'))
            await writeEntry(file, view.batOffset, index, BAT_UNUSED);
          return;
        }
        const end = new DataEnd(file, metadata);
        await appendCopies(file, view, end, copied);
        await end.finish();
      },
    };
  },
};

export const overlapRecipes: readonly RepairRecipe[] = [blocksOverlap];
