/** Single entries of the BAT that point to where no block can be. */
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import type { RepairOption } from '../../../../src-shared/model/repair-plan';
import { BatAnalysis } from '../../check/bat-analysis';
import { gatherFacts, type ImageFacts } from '../../check/image-facts';
import { FileOrder } from '../../disk/file-order';
import type { VhdMetadata } from '../../disk/metadata';
import { BatEntries, isSectorSet, writeCurrentSize } from '../../format';
import { readUpTo, type RandomAccessFile } from '../../io';
import { editFooters } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { clearEntries } from './clear-entries';
import { DataEnd } from './data-end';

/** Blocks looked at between two looks at what else there is to do. */
const BLOCKS_PER_BREATH = 1024;
const DEPENDS_ON = ['header-checksum', 'header-cookie', 'bat-outside', 'table-over-blocks', 'bat-truncated'];

export interface BatView {
  readonly facts: ImageFacts;
  readonly bat: BatAnalysis;
  readonly batOffset: number;
}

const views = new WeakMap<VhdMetadata, Promise<BatView | null>>();

/** The BAT as the image stands; null where there is none that can be used. Looked at once for each state of it. */
export function viewBat({ file, metadata }: RepairContext): Promise<BatView | null> {
  const known = views.get(metadata);
  if (known) return known;
  const view = makeView(file, metadata);
  views.set(metadata, view);
  return view;
}

async function makeView(file: RandomAccessFile, metadata: VhdMetadata): Promise<BatView | null> {
  const facts = await gatherFacts(file, metadata);
  if (!metadata.bat || facts.blockSizeBytes === null) return null;
  return { facts, bat: new BatAnalysis(metadata, facts), batOffset: metadata.bat.offset };
}

type Trouble = 'outside' | 'cutOff' | 'inFooter' | 'inMetadata';

const clearAll = (context: RepairContext, { bat, batOffset }: BatView, state: Trouble): Promise<void> =>
  clearEntries(context, {
    batOffset,
    from: 0,
    to: bat.entries.length,
    count: bat[state].count,
    isCleared: (index) => bat.stateAt(index) === state,
  });

const clearOption = ({ type }: VhdMetadata, count: number): RepairOption => ({
  name: 'clear',
  title: count === 1 ? 'Give the block up' : `Give ${formatCount(count)} blocks up`,
  detail:
    type === 'differencing'
      ? 'The guest then sees what the parent has there.'
      : 'The guest then sees zeros there, and can write there again.',
  risk: 'data',
});

function clearRecipe(code: string, state: Trouble, words: { title: string; detail: string }): RepairRecipe {
  return {
    codes: [code],
    dependsOn: DEPENDS_ON,
    offer: async (context) => {
      const view = await viewBat(context);
      const count = view?.bat[state].count ?? 0;
      if (!view || count === 0) return null;
      return {
        ...words,
        risk: 'data',
        certain: false,
        options: [clearOption(context.metadata, count)],
        apply: () => clearAll(context, view, state),
      };
    },
  };
}

/** Whether nothing of the disk was stored in the part of the blocks that is missing from `end` on. */
async function isMissingPartUnused(
  { file, metadata, breathe }: RepairContext,
  { bat, facts }: BatView,
  state: Trouble,
  end: number,
): Promise<boolean> {
  const block = facts.blockSizeBytes ?? 0;
  const size = facts.currentSizeBytes;
  if (size === null || metadata.type === 'fixed') return false;
  let start = -1;
  let bitmap: Uint8Array = new Uint8Array(0);
  for (const { blocks, sectors } of new FileOrder(bat.entries, (_, index) => bat.stateAt(index) === state)) {
    for (let at = 0; at < blocks.length; at += 1) {
      if (at % BLOCKS_PER_BREATH === 0) await breathe();
      const index = blocks[at] ?? 0;
      const place = (sectors[at] ?? 0) * SECTOR_SIZE_BYTES;
      if (place !== start) {
        start = place;
        bitmap = await readUpTo(file, start, facts.bitmapBytes);
      }
      if (bitmap.length < facts.bitmapBytes || start + facts.bitmapBytes > end) return false;
      const firstMissing = Math.floor((end - start - facts.bitmapBytes) / SECTOR_SIZE_BYTES);
      const sectorsOfBlock = Math.min(block, size - index * block) / SECTOR_SIZE_BYTES;
      for (let sector = firstMissing; sector < sectorsOfBlock; sector += 1)
        if (isSectorSet(bitmap, sector)) return false;
    }
  }
  return true;
}

/** End of the last of the blocks in `state`, in bytes; 0 without. */
function endOfBlocks({ bat, facts }: BatView, state: Trouble): number {
  let end = 0;
  bat.entries.someUsed((sector, index) => {
    const last = sector * SECTOR_SIZE_BYTES + facts.blockStrideBytes;
    if (last > end && bat.stateAt(index) === state) end = last;
    return false;
  });
  return end;
}

function padRecipe(code: string, state: 'cutOff' | 'inFooter'): RepairRecipe {
  return {
    codes: [code],
    dependsOn: DEPENDS_ON,
    offer: async (context) => {
      const { file, metadata } = context;
      const view = await viewBat(context);
      if (!view || view.bat[state].count === 0 || metadata.footer?.position === 'displaced') return null;
      const storedEnd = metadata.footer?.offset ?? metadata.fileSizeBytes;
      const wantedEnd = endOfBlocks(view, state);
      const proven = await isMissingPartUnused(context, view, state, storedEnd);
      const missing = formatSizeBoth(wantedEnd - storedEnd);
      return {
        title: proven ? 'Make the last block whole' : 'Make good what is missing of a block',
        detail: `The file is extended by ${missing} of zeros to the end of the block${metadata.footer ? ', and the footer moved behind it' : ''}.${proven ? ' Nothing of the disk was stored in that part.' : ''}`,
        risk: proven ? 'none' : 'data',
        certain: proven,
        proven,
        options: proven
          ? undefined
          : [
              {
                name: 'pad',
                title: 'Pad the block with zeros',
                detail: 'What is there stays; what was in the missing part reads as zeros.',
                risk: 'data',
              },
              clearOption(metadata, view.bat[state].count),
            ],
        apply: async (option) => {
          if (option === 'clear') {
            await clearAll(context, view, state);
            return;
          }
          const end = new DataEnd(file, metadata);
          await file.setSize(storedEnd);
          await file.setSize(wantedEnd);
          end.reserve(0, wantedEnd);
          await end.finish();
        },
      };
    },
  };
}

const beyondDisk: RepairRecipe = {
  codes: ['bat-entries-beyond-disk'],
  dependsOn: DEPENDS_ON,
  offer: async (context) => {
    const { file, metadata } = context;
    const view = await viewBat(context);
    const needed = view?.facts.neededEntries ?? null;
    if (!view || needed === null || view.bat.beyondDisk.count === 0) return null;
    const all = metadata.bat?.entries ?? BatEntries.unused(0);
    const present = Math.floor((view.facts.dataEndOffset - view.batOffset) / BAT_ENTRY_SIZE_BYTES);
    const to = Math.min(all.length, present);
    let last = needed;
    for (const { first, entries } of all.usedParts(needed, to))
      for (let at = 0; at < entries.length; at += 1) if (entries[at] !== BAT_UNUSED) last = first + at;
    const { count } = view.bat.beyondDisk;
    const grown = (last + 1) * (view.facts.blockSizeBytes ?? 0);
    return {
      title: 'Settle the blocks beyond the end of the disk',
      detail: `${formatCount(count)} blocks lie behind the end of the disk.`,
      risk: 'data',
      certain: false,
      options: [
        {
          name: 'drop',
          title: 'Give them up',
          detail: 'The guest never saw them. Their space is free for a compact.',
          risk: 'low',
        },
        {
          name: 'grow-disk',
          title: `Make the disk ${formatSizeBoth(grown)}`,
          detail: 'The guest then sees them at the end of its disk.',
          risk: 'data',
        },
      ],
      apply: async (option) => {
        if (option === 'grow-disk') {
          await editFooters(file, metadata, (bytes) => writeCurrentSize(bytes, grown));
        } else
          await clearEntries(context, {
            batOffset: view.batOffset,
            from: needed,
            to,
            count,
            isCleared: () => true,
          });
      },
    };
  },
};

/** A footer that ends the file but does not stand on a sector. */
const fileSizeNotSectors: RepairRecipe = {
  codes: ['file-size-not-sectors'],
  offer: ({ file, metadata }) => {
    const { footer, type } = metadata;
    if (footer?.position !== 'end' || type === 'fixed' || footer.offset % SECTOR_SIZE_BYTES === 0)
      return null;
    const offset = roundUpToSector(footer.offset);
    return {
      title: 'Move the footer to the next sector',
      detail: `From byte ${footer.offset} to byte ${offset}; zeros fill the gap, nothing is lost.`,
      risk: 'none',
      certain: true,
      proven: true,
      apply: async () => {
        await file.setSize(footer.offset);
        await file.writeAt(footer.bytes, offset);
      },
    };
  },
};

/** Before the footer is put in its place: that is behind the last block. */
export const padRecipes: readonly RepairRecipe[] = [
  padRecipe('block-cut-off', 'cutOff'),
  padRecipe('block-over-footer', 'inFooter'),
];

export const batEntryRecipes: readonly RepairRecipe[] = [
  fileSizeNotSectors,
  clearRecipe('bat-entry-outside', 'outside', {
    title: 'Clear the entries of blocks that are not in the file',
    detail: 'Their content is lost unless a longer copy of the file exists: look for one first.',
  }),
  clearRecipe('bat-entry-in-metadata', 'inMetadata', {
    title: 'Clear the entries that point into the metadata',
    detail: 'What programs show there is metadata, not content of the guest.',
  }),
  beyondDisk,
];
