/** Single entries of the BAT that point to where no block can be. */
import { writeU32 } from '../../../../src-shared/vhd/bytes';
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import type { RepairOption } from '../../../../src-shared/model/repair-plan';
import { BatAnalysis, type EntryState } from '../../check/bat-analysis';
import { gatherFacts, type ImageFacts } from '../../check/image-facts';
import type { VhdMetadata } from '../../disk/metadata';
import { BatEntries, isSectorSet, writeCurrentSize } from '../../format';
import { readUpTo, type RandomAccessFile } from '../../io';
import { editFooters } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { DataEnd } from './data-end';

const DEPENDS_ON = ['header-checksum', 'header-cookie', 'bat-outside', 'table-over-blocks', 'bat-truncated'];

export interface BatView {
  readonly facts: ImageFacts;
  readonly bat: BatAnalysis;
  readonly batOffset: number;
}

/** The BAT as the image stands; null where there is none that can be used. */
export async function viewBat({ file, metadata }: RepairContext): Promise<BatView | null> {
  const facts = await gatherFacts(file, metadata);
  if (!metadata.bat || facts.blockSizeBytes === null) return null;
  return { facts, bat: new BatAnalysis(metadata, facts), batOffset: metadata.bat.offset };
}

export const indexesIn = (bat: BatAnalysis, states: readonly EntryState[]): readonly number[] => {
  const found: number[] = [];
  for (let index = 0; index < bat.entries.length; index += 1)
    if (bat.entries.at(index) !== BAT_UNUSED && states.includes(bat.stateAt(index))) found.push(index);
  return found;
};

export async function writeEntry(
  file: RandomAccessFile,
  batOffset: number,
  index: number,
  sector: number,
): Promise<void> {
  const bytes = new Uint8Array(BAT_ENTRY_SIZE_BYTES);
  writeU32(bytes, 0, sector);
  await file.writeAt(bytes, batOffset + index * BAT_ENTRY_SIZE_BYTES);
}

const clearOption = ({ type }: VhdMetadata, count: number): RepairOption => ({
  name: 'clear',
  title: count === 1 ? 'Give the block up' : `Give ${formatCount(count)} blocks up`,
  detail:
    type === 'differencing'
      ? 'The guest then sees what the parent has there.'
      : 'The guest then sees zeros there, and can write there again.',
  risk: 'data',
});

function clearRecipe(
  code: string,
  states: readonly EntryState[],
  words: { title: string; detail: string },
): RepairRecipe {
  return {
    codes: [code],
    dependsOn: DEPENDS_ON,
    offer: async (context) => {
      const view = await viewBat(context);
      const indexes = view ? indexesIn(view.bat, states) : [];
      if (!view || indexes.length === 0) return null;
      return {
        ...words,
        risk: 'data',
        certain: false,
        options: [clearOption(context.metadata, indexes.length)],
        apply: async () => {
          for (const index of indexes) await writeEntry(context.file, view.batOffset, index, BAT_UNUSED);
        },
      };
    },
  };
}

/** Whether nothing of the disk was stored in the part of the blocks that is missing from `end` on. */
async function isMissingPartUnused(
  { file, metadata }: RepairContext,
  { bat, facts }: BatView,
  indexes: readonly number[],
  end: number,
): Promise<boolean> {
  const block = facts.blockSizeBytes ?? 0;
  const size = facts.currentSizeBytes;
  if (size === null || metadata.type === 'fixed') return false;
  for (const index of indexes) {
    const start = bat.offsetAt(index) ?? 0;
    const bitmap = await readUpTo(file, start, facts.bitmapBytes);
    if (bitmap.length < facts.bitmapBytes || start + facts.bitmapBytes > end) return false;
    const firstMissing = Math.floor((end - start - facts.bitmapBytes) / SECTOR_SIZE_BYTES);
    const sectors = Math.min(block, size - index * block) / SECTOR_SIZE_BYTES;
    for (let sector = firstMissing; sector < sectors; sector += 1)
      if (isSectorSet(bitmap, sector)) return false;
  }
  return true;
}

function padRecipe(code: string, state: 'cutOff' | 'inFooter'): RepairRecipe {
  return {
    codes: [code],
    dependsOn: DEPENDS_ON,
    offer: async (context) => {
      const { file, metadata } = context;
      const view = await viewBat(context);
      const indexes = view ? indexesIn(view.bat, [state]) : [];
      if (!view || indexes.length === 0 || metadata.footer?.position === 'displaced') return null;
      const storedEnd = metadata.footer?.offset ?? metadata.fileSizeBytes;
      const wantedEnd = indexes.reduce(
        (end, index) => Math.max(end, (view.bat.offsetAt(index) ?? 0) + view.facts.blockStrideBytes),
        0,
      );
      const proven = await isMissingPartUnused(context, view, indexes, storedEnd);
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
              clearOption(metadata, indexes.length),
            ],
        apply: async (option) => {
          if (option === 'clear') {
            for (const index of indexes) await writeEntry(file, view.batOffset, index, BAT_UNUSED);
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
    const indexes: number[] = [];
    for (let index = needed; index < Math.min(all.length, present); index += 1)
      if (all.at(index) !== BAT_UNUSED) indexes.push(index);
    const last = indexes.at(-1) ?? needed;
    const grown = (last + 1) * (view.facts.blockSizeBytes ?? 0);
    return {
      title: 'Settle the blocks beyond the end of the disk',
      detail: `${formatCount(indexes.length)} blocks lie behind the end of the disk.`,
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
        } else for (const index of indexes) await writeEntry(file, view.batOffset, index, BAT_UNUSED);
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
  clearRecipe('bat-entry-outside', ['outside'], {
    title: 'Clear the entries of blocks that are not in the file',
    detail: 'Their content is lost unless a longer copy of the file exists: look for one first.',
  }),
  clearRecipe('bat-entry-in-metadata', ['inMetadata'], {
    title: 'Clear the entries that point into the metadata',
    detail: 'What programs show there is metadata, not content of the guest.',
  }),
  beyondDisk,
];
