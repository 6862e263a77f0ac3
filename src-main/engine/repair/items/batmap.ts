/** Xen's batmap: one bit a block, set where the whole block is present (blktap, vhd.h). */
import { writeU32 } from '../../../../src-shared/vhd/bytes';
import { encodeLatin1 } from '../../../../src-shared/vhd/text';
import { DEFAULT_CREATOR_APPLICATION, DEFAULT_CREATOR_VERSION } from '../../../../src-shared/vhd/names';
import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { countSetSectors } from '../../format';
import { readUpTo } from '../../io';
import { editFooters, soundFooters } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';

const CHECKSUM_OFFSET = 24;
const SIGNED_SUM_VERSION = 0x0001_0001;

const batmapInvalid: RepairRecipe = {
  codes: ['batmap-invalid', 'batmap-full-blocks'],
  dependsOn: ['header-checksum', 'header-cookie', 'bat-entry-in-metadata', 'blocks-overlap'],
  offer: async (context) => {
    const view = await viewBat(context);
    const batmap = view?.facts.batmap;
    const needed = Math.ceil((view?.facts.neededEntries ?? 0) / 8);
    // a map that is too small or nowhere would have to be laid out anew; Xen does that itself when it copies the image
    if (!view || !batmap || batmap.mapOffset === null || batmap.map.length < needed) return null;
    const { mapOffset, version } = batmap;
    return {
      title: "Rebuild Xen's batmap from the sector bitmaps",
      detail: 'Each block whose sectors are all present is marked, no other; the checksum follows.',
      risk: 'none',
      certain: true,
      apply: async () => {
        const map = await mapOf(context, view, batmap.map.length);
        await context.file.writeAt(map, mapOffset);
        const sum = new Uint8Array(4);
        writeU32(sum, 0, batmapChecksum(map, version));
        await context.file.writeAt(sum, batmap.offset + CHECKSUM_OFFSET);
      },
    };
  },
};

async function mapOf(
  { file }: RepairContext,
  { bat, facts }: BatView,
  mapBytes: number,
): Promise<Uint8Array> {
  const map = new Uint8Array(mapBytes);
  const sectors = (facts.blockSizeBytes ?? 0) / SECTOR_SIZE_BYTES;
  for (let index = 0; index < Math.min(bat.entries.length, mapBytes * 8); index += 1) {
    const offset = bat.offsetAt(index);
    if (offset === null) continue;
    const bitmap = await readUpTo(file, offset, facts.bitmapBytes);
    if (bitmap.length === facts.bitmapBytes && countSetSectors(bitmap, sectors) === sectors)
      map[index >> 3] = (map[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  return map;
}

// COMPAT(blktap): version 1.1 added the map's bytes as signed characters.
function batmapChecksum(map: Uint8Array, version: number): number {
  let sum = 0;
  for (const byte of map) sum += version === SIGNED_SUM_VERSION && byte > 127 ? byte - 256 : byte;
  return ~sum >>> 0;
}

const batmapMissing: RepairRecipe = {
  codes: ['batmap-missing'],
  offer: ({ file, metadata }) =>
    soundFooters(metadata).length === 0
      ? null
      : {
          title: 'Name another creator than Xen',
          detail: 'The creator becomes "win", so that no program expects a batmap.',
          risk: 'low',
          certain: false,
          apply: async () => {
            await editFooters(file, metadata, (bytes) => {
              bytes.set(encodeLatin1(DEFAULT_CREATOR_APPLICATION), 28);
              writeU32(bytes, 32, DEFAULT_CREATOR_VERSION);
            });
          },
        },
};

export const batmapRecipes: readonly RepairRecipe[] = [batmapInvalid, batmapMissing];
