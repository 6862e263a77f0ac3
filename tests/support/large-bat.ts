import fs from 'node:fs';
import { buildVhd } from './vhd-builder';

export interface LargeBat {
  readonly entries: number;
  readonly blockSizeBytes: number;
  /** Sector of each block's bitmap; 0xFFFFFFFF where there is none. */
  readonly sectorOf: (block: number) => number;
  /** Block places behind the BAT that the file reaches over. */
  readonly blocksInFile: number;
}

const BAT_OFFSET = 1536;
const PIECE_BYTES = 4 * 1024 * 1024;

/** The first sector behind a BAT of so many entries. */
export const firstSectorBehind = (entries: number): number =>
  BAT_OFFSET / 512 + Math.ceil((entries * 4) / 512);

/** Sectors from one block to the next. */
export const strideSectorsOf = (blockSizeBytes: number): number =>
  blockSizeBytes / 512 + Math.ceil(blockSizeBytes / 512 / 8 / 512);

/** A dynamic image of holes but for its metadata, written piece by piece. */
export function writeLargeBat(file: string, image: LargeBat): string {
  const { entries, blockSizeBytes, sectorOf } = image;
  const sizeBytes = BigInt(entries) * BigInt(blockSizeBytes);
  const built = Buffer.from(
    buildVhd({
      type: 'dynamic',
      sizeBytes: blockSizeBytes,
      blockSizeBytes,
      header: { maxTableEntries: entries, tableOffset: BigInt(BAT_OFFSET) },
      footer: { currentSize: sizeBytes, originalSize: sizeBytes },
    }).bytes(),
  );
  const fd = fs.openSync(file, 'w');
  fs.writeSync(fd, built.subarray(0, BAT_OFFSET), 0, BAT_OFFSET, 0);
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let first = 0; first < entries; first += PIECE_BYTES / 4) {
    const count = Math.min(PIECE_BYTES / 4, entries - first);
    for (let at = 0; at < count; at += 1) piece.writeUInt32BE(sectorOf(first + at), at * 4);
    fs.writeSync(fd, piece, 0, count * 4, BAT_OFFSET + first * 4);
  }
  const endSector = firstSectorBehind(entries) + image.blocksInFile * strideSectorsOf(blockSizeBytes);
  fs.writeSync(fd, built.subarray(-512), 0, 512, endSector * 512);
  fs.closeSync(fd);
  return file;
}
