import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError, invariant } from '../../src-shared/errors';
import { SECTOR_SIZE_BYTES } from '../../src-shared/vhd/constants';
import { sectorBitmapBytes } from '../../src-shared/vhd/layout';
import { createImage, makeFolder, NodeFile, readMetadata, type RandomAccessFile } from '../engine';

export type PracticeDefect = 'footer-checksum' | 'footer-missing' | 'header-checksum' | 'overlap';

export interface PracticeImage {
  readonly path: string;
  /** What was broken, in plain words. */
  readonly defect: string;
}

const SIZE_BYTES = 16 * 1024 * 1024;
const BLOCK_SIZE_BYTES = 512 * 1024;
/** Blocks that hold something; the rest stays unallocated. */
const USED_BLOCKS = [0, 2, 5] as const;
const FOOTER_SIZE_BYTES = 512;
const FOOTER_CHECKSUM_OFFSET = 64;
const HEADER_CHECKSUM_OFFSET = 36;

/** Makes a small dynamic disk with something in it and breaks it in one way: nothing of value is at stake. */
export async function makePracticeDisk(folder: string, defect: PracticeDefect): Promise<PracticeImage> {
  await makeFolder(folder);
  const image = await freeName(folder);
  await createImage({
    path: image,
    type: 'dynamic',
    sizeBytes: SIZE_BYTES,
    blockSizeBytes: BLOCK_SIZE_BYTES,
  });
  const file = await NodeFile.open(image, 'write');
  try {
    await addContent(file);
    const { change, says } = DEFECTS[defect];
    await change(file);
    await file.flush();
    return { path: image, defect: says };
  } finally {
    await file.close();
  }
}

async function freeName(folder: string): Promise<string> {
  for (let number = 1; number < 10_000; number += 1) {
    const image = path.join(folder, number === 1 ? 'practice.vhd' : `practice-${number}.vhd`);
    const taken = await fs.lstat(image).then(
      () => true,
      () => false,
    );
    if (!taken) return image;
  }
  throw new AppError('target-exists', `"${folder}" is full of practice disks.`);
}

interface Places {
  readonly batOffset: number;
  readonly headerOffset: number;
  readonly footerOffset: number;
}

/** Only of images that this file made: everything is where a fresh image has it. */
async function placesOf(file: RandomAccessFile): Promise<Places> {
  const { bat, header, footer } = await readMetadata(file);
  invariant(bat && header && footer, 'a fresh dynamic disk has a BAT, a header and a footer');
  return { batOffset: bat.offset, headerOffset: header.offset, footerOffset: footer.offset };
}

/** Puts blocks where the footer was, the footer behind them, and the blocks into the BAT. */
async function addContent(file: RandomAccessFile): Promise<void> {
  const { batOffset, footerOffset } = await placesOf(file);
  const footer = new Uint8Array(FOOTER_SIZE_BYTES);
  await file.readAt(footer, footerOffset);
  const bitmap = new Uint8Array(sectorBitmapBytes(BLOCK_SIZE_BYTES)).fill(0xff);
  let offset = footerOffset;
  for (const index of USED_BLOCKS) {
    await file.writeAt(bigEndian32(offset / SECTOR_SIZE_BYTES), batOffset + index * 4);
    await file.writeAt(bitmap, offset);
    await file.writeAt(blockContent(index), offset + bitmap.length);
    offset += bitmap.length + BLOCK_SIZE_BYTES;
  }
  await file.writeAt(footer, offset);
}

/** The first block starts with a partition table; every sector says where it is. */
function blockContent(index: number): Uint8Array {
  const block = Buffer.alloc(BLOCK_SIZE_BYTES);
  for (let sector = 0; sector < BLOCK_SIZE_BYTES / SECTOR_SIZE_BYTES; sector += 1) {
    block.write(
      `Platter practice disk, block ${index}, sector ${sector}. If you can read this, nothing was lost.\n`,
      sector * SECTOR_SIZE_BYTES,
      'latin1',
    );
  }
  if (index === 0) block.set(masterBootRecord());
  return block;
}

/** One partition of type 0x83 (Linux) from 64 KiB to the end. */
function masterBootRecord(): Uint8Array {
  const sector = Buffer.alloc(SECTOR_SIZE_BYTES);
  const first = 128;
  sector.set([0x00, 0xff, 0xff, 0xff, 0x83, 0xff, 0xff, 0xff], 446);
  sector.writeUInt32LE(first, 454);
  sector.writeUInt32LE(SIZE_BYTES / SECTOR_SIZE_BYTES - first, 458);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function bigEndian32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

interface Defect {
  readonly says: string;
  readonly change: (file: RandomAccessFile) => Promise<void>;
}

const DEFECTS: Readonly<Record<PracticeDefect, Defect>> = {
  'footer-checksum': {
    says: 'One byte of the footer’s checksum was flipped, as a bad cable or a failing disk would do it.',
    change: async (file) => flipByte(file, (await placesOf(file)).footerOffset + FOOTER_CHECKSUM_OFFSET),
  },
  'footer-missing': {
    says: 'The footer at the end was cut off, as when a copy stops too early.',
    change: async (file) => file.setSize((await placesOf(file)).footerOffset),
  },
  'header-checksum': {
    says: 'One byte of the dynamic disk header’s checksum was flipped.',
    change: async (file) => flipByte(file, (await placesOf(file)).headerOffset + HEADER_CHECKSUM_OFFSET),
  },
  overlap: {
    says: 'Two entries of the BAT were made to point to the same block, so that two parts of the disk share their data.',
    change: async (file) => {
      const { batOffset } = await placesOf(file);
      const entry = new Uint8Array(4);
      await file.readAt(entry, batOffset + USED_BLOCKS[0] * 4);
      await file.writeAt(entry, batOffset + USED_BLOCKS[1] * 4);
    },
  },
};

async function flipByte(file: RandomAccessFile, offset: number): Promise<void> {
  const byte = new Uint8Array(1);
  await file.readAt(byte, offset);
  await file.writeAt(Uint8Array.of((byte[0] ?? 0) ^ 0xff), offset);
}
