/** Sector bitmaps and what lies under them. */
import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import { createContext } from '../../check/context';
import { unreferencedGaps } from '../../check/unreferenced';
import { FileOrder } from '../../disk/file-order';
import { isAllZero } from '../../disk/zeros';
import { countSetSectors, isSectorSet, setSectors } from '../../format';
import { readUpTo } from '../../io';
import type { RepairContext, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';
import { writeEntry } from './clear-entries';

const CHUNK_BYTES = 1 << 20;
/** Zeros are held in memory until they are written. */
const ZEROED_SECTORS_MAX = 512 * 1024;
/** Blocks among which an unreferenced one may be given its place. */
const PLACES_OFFERED_MAX = 16;

const dataUnderClearBits: RepairRecipe = {
  codes: ['data-under-clear-bits'],
  dependsOn: [
    'header-checksum',
    'header-cookie',
    'blocks-overlap',
    'bat-entry-in-metadata',
    'block-over-footer',
  ],
  offer: async (context) => {
    const { metadata, finding } = context;
    const view = await viewBat(context);
    if (!view || metadata.type !== 'dynamic') return null;
    return {
      title: 'Settle what lies in sectors that are marked as never written',
      detail: `${formatCount(finding.count)} sectors hold bytes that some programs show and others do not.`,
      risk: 'data',
      certain: false,
      options: [
        {
          name: 'set-bits',
          title: 'Keep the data: set the bits',
          detail: 'Every program then shows what lies there, as QEMU does already.',
          risk: 'data',
        },
        ...(finding.count <= ZEROED_SECTORS_MAX
          ? [
              {
                name: 'zero-sectors',
                title: 'Keep the zeros: clear the sectors',
                detail:
                  'Every program then shows zeros, as VirtualBox and Platter do already; undo has the bytes.',
                risk: 'data',
              } as const,
            ]
          : []),
      ],
      apply: async (option) => {
        // in the order of the file: the changes then come one behind the other
        const sound = new FileOrder(view.bat.entries, (_, index) => view.bat.stateAt(index) === 'sound');
        for (const { blocks } of sound)
          for (const index of blocks) await settleBlock(context, view, index, option === 'zero-sectors');
      },
    };
  },
};

async function settleBlock(
  { file, breathe }: RepairContext,
  { bat, facts }: BatView,
  index: number,
  zero: boolean,
): Promise<void> {
  await breathe();
  const offset = bat.offsetAt(index) ?? 0;
  const block = facts.blockSizeBytes ?? 0;
  const sectors = Math.ceil(
    Math.min(block, (facts.currentSizeBytes ?? 0) - index * block) / SECTOR_SIZE_BYTES,
  );
  const bitmap = await readUpTo(file, offset, facts.bitmapBytes);
  if (bitmap.length < facts.bitmapBytes || countSetSectors(bitmap, sectors) === sectors) return;
  const dataOffset = offset + facts.bitmapBytes;
  const sectorsOfChunk = CHUNK_BYTES / SECTOR_SIZE_BYTES;
  for (let first = 0; first < sectors; first += sectorsOfChunk) {
    const bytes = await readUpTo(
      file,
      dataOffset + first * SECTOR_SIZE_BYTES,
      Math.min(sectorsOfChunk, sectors - first) * SECTOR_SIZE_BYTES,
    );
    for (let at = 0; at < bytes.length; at += SECTOR_SIZE_BYTES) {
      const sector = first + at / SECTOR_SIZE_BYTES;
      if (isSectorSet(bitmap, sector) || isAllZero(bytes.subarray(at, at + SECTOR_SIZE_BYTES))) continue;
      if (zero)
        await file.writeAt(new Uint8Array(SECTOR_SIZE_BYTES), dataOffset + sector * SECTOR_SIZE_BYTES);
      else setSectors(bitmap, sector, sector + 1);
    }
  }
  if (!zero) await file.writeAt(bitmap, offset);
}

const unreferencedData: RepairRecipe = {
  codes: ['unreferenced-data'],
  dependsOn: ['header-checksum', 'header-cookie', 'bat-truncated', 'bat-outside'],
  offer: async (context) => {
    const { file, metadata, finding } = context;
    const view = await viewBat(context);
    if (!view || finding.repair === 'none') return null;
    const offset = await orphanBlock(context, view);
    const free = freeIndexes(view, PLACES_OFFERED_MAX + 1);
    if (offset === null || free.length === 0 || free.length > PLACES_OFFERED_MAX) return null;
    return {
      title: 'Give the block that belongs to nothing its place in the disk',
      detail: `What begins at byte ${offset} looks like a whole block with its bitmap. Which block of the disk it was cannot be seen.`,
      risk: 'data',
      certain: false,
      options: free.map((index) => ({
        name: `block-${index}`,
        title: `Make it block ${index}`,
        detail: `The guest then sees it there, where now is ${metadata.type === 'differencing' ? 'what the parent has' : 'nothing but zeros'}.`,
        risk: 'data',
      })),
      apply: async (option) => {
        const index = Number(option?.slice('block-'.length));
        if (free.includes(index)) await writeEntry(file, view.batOffset, index, offset / SECTOR_SIZE_BYTES);
      },
    };
  },
};

function freeIndexes({ bat }: BatView, max: number): readonly number[] {
  const { entries } = bat;
  const free: number[] = [];
  for (let index = entries.nextUnused(0); index < entries.length && free.length < max;) {
    free.push(index);
    index = entries.nextUnused(index + 1);
  }
  return free;
}

/** The first gap that a block fits in and that begins with what can be its bitmap. */
async function orphanBlock(
  { file, metadata, breathe }: RepairContext,
  { facts }: BatView,
): Promise<number | null> {
  const sectors = (facts.blockSizeBytes ?? 0) / SECTOR_SIZE_BYTES;
  for (const gap of unreferencedGaps(await createContext(file, metadata))) {
    await breathe();
    const offset = roundUpToSector(gap.offset);
    if (gap.end - offset < facts.blockStrideBytes) continue;
    const bitmap = await readUpTo(file, offset, facts.bitmapBytes);
    if (bitmap.length === facts.bitmapBytes && countSetSectors(bitmap, sectors) > 0) return offset;
  }
  return null;
}

export const bitmapRecipes: readonly RepairRecipe[] = [dataUnderClearBits, unreferencedData];
