/** Blocks that share bytes. Which of them is right cannot be known: never decided without a word. */
import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { RepairOption } from '../../../../src-shared/model/repair-plan';
import type { BatAnalysis } from '../../check/bat-analysis';
import { FileOrder } from '../../disk/file-order';
import { BlockSet } from '../../disk/find-overlaps';
import type { RepairContext, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';
import { clearEntries } from './clear-entries';
import { DataEnd } from './data-end';
import { appendCopies } from './room';

/** Copies are held in memory until they are written. */
const COPIED_BYTES_MAX = 256 * 1024 * 1024;

interface Losers {
  readonly blocks: BlockSet;
  readonly count: number;
}

/**
 * Which of the overlapping blocks have to go so that the others share nothing. Blocks are walked by their place in the
 * file, those at one place by their number; `keepLast` walks from the end.
 */
async function losers(
  { breathe }: RepairContext,
  { bat, facts }: BatView,
  keepLast: boolean,
): Promise<Losers> {
  const stride = facts.blockStrideBytes / SECTOR_SIZE_BYTES;
  const order = overlapping(bat);
  const lost = new BlockSet(bat.entries.length);
  let count = 0;
  let kept: number | null = null;
  const stretches = keepLast ? [...order.stretches].reverse() : order.stretches;
  for (const stretch of stretches) {
    await breathe();
    const { blocks, sectors } = order.blocksOf(stretch);
    for (let step = 0; step < blocks.length; step += 1) {
      const at = keepLast ? blocks.length - 1 - step : step;
      const sector = sectors[at] ?? 0;
      if (kept !== null && Math.abs(sector - kept) < stride) {
        lost.add(blocks[at] ?? 0);
        count += 1;
      } else kept = sector;
    }
  }
  return { blocks: lost, count };
}

const overlapping = (bat: BatAnalysis): FileOrder =>
  new FileOrder(bat.entries, (_, index) => bat.stateAt(index) === 'overlapping');

/** In the order in which they lie in the file. */
function* inFileOrder(bat: BatAnalysis, lost: BlockSet): Generator<number> {
  for (const { blocks } of overlapping(bat)) for (const block of blocks) if (lost.has(block)) yield block;
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
    const count = view?.bat.overlapping.count ?? 0;
    if (!view || count === 0) return null;
    const firstKept = await losers(context, view, false);
    const copiedBytes = firstKept.count * view.facts.blockStrideBytes;
    const canCopy = copiedBytes <= COPIED_BYTES_MAX && metadata.footer?.position !== 'displaced';
    return {
      title: 'Part the blocks that share bytes',
      detail: `${formatCount(count)} blocks share bytes with another one. Which is the newer cannot be known.`,
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
          const lost = option === 'keep-second' ? await losers(context, view, true) : firstKept;
          await clearEntries(context, {
            batOffset: view.batOffset,
            from: 0,
            to: view.bat.entries.length,
            count: lost.count,
            isCleared: (index) => lost.blocks.has(index),
          });
          return;
        }
        const end = new DataEnd(file, metadata);
        await appendCopies(context, view, end, inFileOrder(view.bat, firstKept.blocks));
        await end.finish();
      },
    };
  },
};

export const overlapRecipes: readonly RepairRecipe[] = [blocksOverlap];
