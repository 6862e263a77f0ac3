/** Xen's batmap: one bit a block, set where the whole block is present (blktap, vhd.h). */
import { writeU32, writeU64 } from '../../../../src-shared/vhd/bytes';
import { encodeLatin1 } from '../../../../src-shared/vhd/text';
import { DEFAULT_CREATOR_APPLICATION, DEFAULT_CREATOR_VERSION } from '../../../../src-shared/vhd/names';
import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import { mapRoom } from '../../check/bat/batmap-room';
import {
  BATMAP_BYTES_MAX,
  BATMAP_CHECKSUM_OFFSET,
  batmapChecksum,
  setBatmapBit,
  type LocatedBatmap,
} from '../../disk/batmap';
import { countSetSectors } from '../../format';
import { readUpTo, type RandomAccessFile } from '../../io';
import { editFooters, metadataNow, soundFooters } from '../edit-structures';
import type { RepairContext, RepairOffer, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';
import { DataEnd } from './data-end';
import { clearRoom, roomFor } from './room';

/** In the batmap's header: offset 8, size in sectors 16, version 20, checksum behind it. */
const PLACE_OFFSET = 8;

const batmapInvalid: RepairRecipe = {
  codes: ['batmap-invalid', 'batmap-full-blocks'],
  dependsOn: ['header-checksum', 'header-cookie', 'bat-entry-in-metadata', 'blocks-overlap'],
  offer: async (context) => {
    const view = await viewBat(context);
    const batmap = view?.facts.batmap;
    const needed = Math.ceil((view?.facts.neededEntries ?? 0) / 8);
    if (!view || !batmap || needed > BATMAP_BYTES_MAX) return null;
    const { mapOffset } = batmap;
    if (mapOffset === null || batmap.map.length < Math.max(1, needed))
      return newMapOffer(context, view, batmap, needed);
    return {
      title: "Rebuild Xen's batmap from the sector bitmaps",
      detail: 'Each block whose sectors are all present is marked, no other; the checksum follows.',
      risk: 'none',
      certain: true,
      apply: async () => {
        const map = await mapOf(context, view, batmap.map.length);
        await writeMap(context.file, batmap, mapOffset, map);
      },
    };
  },
};

/** A map that is too small for the disk, or nowhere: laid down anew, directly behind its header where that can be. */
function newMapOffer(
  context: RepairContext,
  view: BatView,
  batmap: LocatedBatmap,
  needed: number,
): RepairOffer {
  const { file, metadata } = context;
  const place = mapRoom(view.facts, batmap, needed);
  const mapBytes = place.end - place.start;
  const room = roomFor(context, view, { start: place.start, end: place.end, own: ['batmap'] });
  const words = {
    title: "Write Xen's batmap anew, with room for every block",
    detail: `${formatCount(mapBytes)} bytes, one bit a block, made from the sector bitmaps; `,
  };
  const apply = async (): Promise<void> => {
    let offset = place.start;
    if (room.isFree) await clearRoom(context, view, room);
    else {
      const end = new DataEnd(file, metadata);
      offset = end.reserve(mapBytes);
      await end.finish();
    }
    const moved = { ...context, metadata: await metadataNow(file) };
    const map = await mapOf(moved, (await viewBat(moved)) ?? view, mapBytes);
    await writeMap(file, batmap, offset, map);
  };
  if (room.isFree)
    return {
      ...words,
      detail: `${words.detail}it lies directly behind its header${room.blocks.length > 0 ? '; the block that is in the way is moved behind the last one' : ''}.`,
      risk: 'none',
      certain: true,
      apply,
    };
  return {
    ...words,
    detail: `${words.detail}other metadata is in the way, so it goes behind the last block.`,
    risk: 'low',
    certain: false,
    assumptions: [
      'blktap reads a map that lies behind the blocks; "vhd-util check" complains about its place.',
    ],
    apply,
  };
}

/** Writes a map and what its header says of it. */
async function writeMap(
  file: RandomAccessFile,
  { offset, version }: LocatedBatmap,
  mapOffset: number,
  map: Uint8Array,
): Promise<void> {
  await file.writeAt(map, mapOffset);
  const fields = new Uint8Array(BATMAP_CHECKSUM_OFFSET + 4 - PLACE_OFFSET);
  writeU64(fields, 0, mapOffset);
  writeU32(fields, 8, map.length / SECTOR_SIZE_BYTES);
  writeU32(fields, 12, version);
  writeU32(fields, BATMAP_CHECKSUM_OFFSET - PLACE_OFFSET, batmapChecksum(map, version));
  await file.writeAt(fields, offset + PLACE_OFFSET);
}

async function mapOf(
  { file, breathe }: RepairContext,
  { bat, facts }: BatView,
  mapBytes: number,
): Promise<Uint8Array> {
  const map = new Uint8Array(mapBytes);
  const sectors = (facts.blockSizeBytes ?? 0) / SECTOR_SIZE_BYTES;
  for (let index = 0; index < Math.min(bat.entries.length, mapBytes * 8); index += 1) {
    const offset = bat.offsetAt(index);
    if (offset === null) continue;
    await breathe();
    const bitmap = await readUpTo(file, offset, facts.bitmapBytes);
    if (bitmap.length === facts.bitmapBytes && countSetSectors(bitmap, sectors) === sectors)
      setBatmapBit(map, index);
  }
  return map;
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
