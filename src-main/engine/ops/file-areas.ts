import type { FileArea } from '../../../src-shared/model/map';
import {
  BATMAP_COOKIE,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { decodeLatin1 } from '../../../src-shared/vhd/text';
import { readU32 } from '../../../src-shared/vhd/bytes';
import { readLocators } from '../chain';
import type { VhdMetadata } from '../disk';
import { FileOrder } from '../disk/file-order';
import { batSizeBytes, sectorBitmapBytes } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';

/** Windows pads blocks so that their data lies on 4 KiB; that is no gap worth an area of its own. */
const PADDING_BYTES_MAX = 4096;
/** Areas of blocks given at most; with more, gaps between them are left out, small ones first. */
const BLOCK_AREAS_MAX = 4096;

/** What every part of an image file is, from its first byte to its last; neighbouring blocks are one area. */
export async function fileAreas(file: RandomAccessFile, metadata: VhdMetadata): Promise<readonly FileArea[]> {
  const { footer, footerCopy, header, bat, fileSizeBytes, type } = metadata;
  const known: FileArea[] = [];
  if (footer) known.push({ offset: footer.offset, length: footer.lengthBytes, kind: 'footer' });
  if (footerCopy) known.push({ offset: footerCopy.offset, length: FOOTER_SIZE_BYTES, kind: 'footerCopy' });
  if (header) known.push({ offset: header.offset, length: DYNAMIC_HEADER_SIZE_BYTES, kind: 'dynamicHeader' });
  if (bat) {
    const length = batSizeBytes(bat.claimedEntries);
    known.push({ offset: bat.offset, length, kind: 'bat' });
    known.push(...(await batmapArea(file, bat.offset + length)));
  }
  for (const { index, entry } of await readLocators(file, metadata)) {
    const { dataOffset, dataLengthBytes } = entry;
    if (dataOffset !== null && Number.isSafeInteger(dataOffset) && dataLengthBytes > 0) {
      known.push({ offset: dataOffset, length: dataLengthBytes, kind: 'parentLocator', index });
    }
  }
  known.push(...blockAreas(metadata));
  if (type === 'fixed') known.push({ offset: 0, length: footer?.offset ?? fileSizeBytes, kind: 'data' });
  return tile(known, fileSizeBytes, type === null ? 'unknown' : 'gap');
}

async function batmapArea(file: RandomAccessFile, offset: number): Promise<readonly FileArea[]> {
  const header = await readUpTo(file, offset, SECTOR_SIZE_BYTES);
  if (header.length < SECTOR_SIZE_BYTES || decodeLatin1(header.subarray(0, 8)) !== BATMAP_COOKIE) return [];
  // COMPAT(blktap): the map directly follows its header, its size in sectors at byte 16
  return [
    { offset, length: SECTOR_SIZE_BYTES * (1 + Math.min(readU32(header, 16), 16_384)), kind: 'batmap' },
  ];
}

function blockAreas({ header, bat }: VhdMetadata): readonly FileArea[] {
  if (!header || !bat || header.fields.blockSizeBytes === 0) return [];
  const { blockSizeBytes } = header.fields;
  const strideBytes = sectorBitmapBytes(blockSizeBytes) + blockSizeBytes;
  let areas: BlockArea[] = [];
  let gapBytes = PADDING_BYTES_MAX;
  for (const { sectors } of new FileOrder(bat.entries)) {
    for (const sector of sectors) {
      addBlocks(areas, sector * SECTOR_SIZE_BYTES, strideBytes, gapBytes);
      while (areas.length > BLOCK_AREAS_MAX) {
        gapBytes *= 4;
        const wider: BlockArea[] = [];
        for (const { offset, length } of areas) addBlocks(wider, offset, length, gapBytes);
        areas = wider;
      }
    }
  }
  return areas;
}

interface BlockArea {
  offset: number;
  length: number;
  kind: 'blocks';
}

/** Adds blocks that lie behind all others; what lies between is part of the area up to `gapBytes`. */
function addBlocks(areas: BlockArea[], offset: number, length: number, gapBytes: number): void {
  const last = areas[areas.length - 1];
  if (last && offset <= last.offset + last.length + gapBytes)
    last.length = Math.max(last.length, offset + length - last.offset);
  else areas.push({ offset, length, kind: 'blocks' });
}

/** Areas in order without overlap, cut to the file; metadata before blocks where both claim a byte; the rest is `restKind`. */
function tile(known: readonly FileArea[], fileSizeBytes: number, restKind: FileArea['kind']): FileArea[] {
  const areas: FileArea[] = [];
  let position = 0;
  const sorted = [...known].sort((a, b) => a.offset - b.offset || rank(a) - rank(b));
  const metadata = sorted.filter((area) => rank(area) === 0).map((area) => area.offset);
  let nextMetadata = 0;
  for (const area of sorted) {
    const from = Math.max(position, area.offset);
    while ((metadata[nextMetadata] ?? Infinity) < from) nextMetadata += 1;
    const cut = rank(area) === 1 ? (metadata[nextMetadata] ?? Infinity) : Infinity;
    const to = Math.min(fileSizeBytes, area.offset + area.length, cut);
    if (to <= from) continue;
    if (from > position) areas.push({ offset: position, length: from - position, kind: restKind });
    areas.push({ ...area, offset: from, length: to - from });
    position = to;
  }
  if (position < fileSizeBytes) {
    areas.push({ offset: position, length: fileSizeBytes - position, kind: restKind });
  }
  return areas;
}

const rank = (area: FileArea): number => (area.kind === 'blocks' || area.kind === 'data' ? 1 : 0);
