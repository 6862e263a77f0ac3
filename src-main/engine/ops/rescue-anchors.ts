/** What the content of a block says about its place in the disk: partition tables and file systems name positions. */
import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { recogniseHead } from '../content/file-system';
import type { OperationContext } from '../disk/virtual-disk';
import { sectorBitmapBytes } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';
import { Breather, throwIfCancelled } from './operation';
import type { Holes } from './rescue-holes';

const GPT_SIGNATURE = 'EFI PART';
const GPT_ENTRY_BYTES_MIN = 128;
const PARTITIONS_MAX = 128;
/** Blocks looked at between two looks at what else there is to do. */
const TURNS_PER_BREATH = 256;
const EXT_MAGIC = 0xef53;
/** Enough for every signature of a file system. */
const FILE_SYSTEM_HEAD_BYTES = 68 * 1024;
/** Larger blocks are looked into up to here. */
const LOOKED_INTO_BYTES_MAX = 32 * 1024 * 1024;

/** More are not believed: real disks have some thousands at most. */
const ANCHORS_MAX = 65_536;

export interface Anchor {
  /** Byte offset of the block in the file. */
  readonly offset: number;
  readonly index: number;
  /** Why, in words. */
  readonly reason: string;
}

export interface Anchors {
  readonly anchors: readonly Anchor[];
  /** Size of the disk that its GPT names, in bytes; null where there is none. */
  readonly gptSizeBytes: number | null;
  /** End of the last partition, in bytes; null where no table was found. */
  readonly partitionsEndBytes: number | null;
}

class Block {
  readonly offset: number;
  readonly #file: RandomAccessFile;
  readonly #holes: Holes;
  readonly #dataOffset: number;
  readonly #sizeBytes: number;

  constructor(file: RandomAccessFile, holes: Holes, offset: number, blockSizeBytes: number) {
    this.offset = offset;
    this.#file = file;
    this.#holes = holes;
    this.#dataOffset = offset + sectorBitmapBytes(blockSizeBytes);
    this.#sizeBytes = blockSizeBytes;
  }

  /** The beginning of the block's data, as far as it reaches; empty where it is a hole. */
  async read(length: number): Promise<Buffer> {
    const count = Math.min(length, this.#sizeBytes);
    if (await this.#holes.isHole(this.#dataOffset, count)) return Buffer.alloc(0);
    const bytes = await readUpTo(this.#file, this.#dataOffset, count);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

/** Looks into every block for what tells its place. @param offsets of the blocks; gone through twice. */
export async function findAnchors(
  file: RandomAccessFile,
  holes: Holes,
  offsets: () => Iterable<number>,
  blockSizeBytes: number,
  context: OperationContext = {},
): Promise<Anchors> {
  const breather = new Breather(context);
  const blocks = async function* (): AsyncGenerator<Block> {
    let turn = 0;
    for (const offset of offsets()) {
      if ((turn += 1) % TURNS_PER_BREATH === 0) await breather.breathe();
      const dataOffset = offset + sectorBitmapBytes(blockSizeBytes);
      // millions of blocks that nothing was written to: not even a promise for each
      if (!holes.covers(dataOffset, blockSizeBytes)) yield new Block(file, holes, offset, blockSizeBytes);
    }
  };
  const anchors: Anchor[] = [];
  const anchored = new Set<number>();
  const taken = new Set<number>();
  const add = (block: Block, guestOffset: number, reason: string): void => {
    const index = Math.floor(guestOffset / blockSizeBytes);
    if (anchors.length >= ANCHORS_MAX || anchored.has(block.offset) || taken.has(index)) return;
    anchored.add(block.offset);
    taken.add(index);
    anchors.push({ offset: block.offset, index, reason });
  };
  const table = await findTable(blocks());
  if (table) add(table.block, 0, table.reason);
  // each block is read once, whatever is looked for in it
  for await (const block of blocks()) {
    throwIfCancelled(context);
    const bytes = await block.read(LOOKED_INTO_BYTES_MAX);
    const backup = gptBackupPlace(bytes, blockSizeBytes);
    if (backup !== null) add(block, backup, 'the backup of the GPT, which names its own place');
    for (const start of table?.partitionStarts ?? []) {
      // a copy of an ext superblock names its group, and looks like the start of a file system otherwise
      const copy = extBackupPlace(bytes, start, blockSizeBytes);
      if (copy !== null) {
        add(block, copy, `a copy of the ext superblock of the partition at byte ${start}`);
        continue;
      }
      const head = bytes.subarray(start % blockSizeBytes, (start % blockSizeBytes) + FILE_SYSTEM_HEAD_BYTES);
      const name = head.length >= SECTOR_SIZE_BYTES ? (recogniseHead(head)?.name ?? null) : null;
      if (name !== null) add(block, start, `the ${name} file system of the partition at byte ${start}`);
    }
  }
  return {
    anchors,
    gptSizeBytes: table?.gptSizeBytes ?? null,
    partitionsEndBytes: table?.partitionsEndBytes ?? null,
  };
}

interface Table {
  readonly block: Block;
  readonly reason: string;
  readonly partitionStarts: readonly number[];
  readonly gptSizeBytes: number | null;
  readonly partitionsEndBytes: number | null;
}

async function findTable(blocks: AsyncIterable<Block>): Promise<Table | null> {
  let bootSector: Table | null = null;
  for await (const block of blocks) {
    const head = await block.read(34 * SECTOR_SIZE_BYTES);
    if (head.length < SECTOR_SIZE_BYTES || head.readUInt16LE(510) !== 0xaa55) continue;
    const gpt = gptTable(block, head);
    if (gpt) return gpt;
    const fileSystem = recogniseHead(head);
    if (fileSystem) {
      bootSector ??= {
        block,
        reason: `the ${fileSystem.name} file system of a disk without partitions`,
        partitionStarts: [],
        gptSizeBytes: null,
        partitionsEndBytes: fileSystem.sizeBytes,
      };
      continue;
    }
    const mbr = mbrTable(block, head);
    if (mbr) return mbr;
  }
  return bootSector;
}

function gptTable(block: Block, head: Buffer): Table | null {
  if (head.length < 2 * SECTOR_SIZE_BYTES) return null;
  const header = head.subarray(SECTOR_SIZE_BYTES, 2 * SECTOR_SIZE_BYTES);
  if (header.toString('latin1', 0, 8) !== GPT_SIGNATURE || header.readBigUInt64LE(24) !== 1n) return null;
  const sizeBytes = (toSafe(header.readBigUInt64LE(32)) + 1) * SECTOR_SIZE_BYTES;
  const entryBytes = Math.max(GPT_ENTRY_BYTES_MIN, header.readUInt32LE(84));
  const starts: number[] = [];
  let end = 0;
  for (let index = 0; index < PARTITIONS_MAX; index += 1) {
    const at = 2 * SECTOR_SIZE_BYTES + index * entryBytes;
    if (at + GPT_ENTRY_BYTES_MIN > head.length) break;
    if (head.subarray(at, at + 16).every((byte) => byte === 0)) continue;
    starts.push(toSafe(head.readBigUInt64LE(at + 32)) * SECTOR_SIZE_BYTES);
    end = Math.max(end, (toSafe(head.readBigUInt64LE(at + 40)) + 1) * SECTOR_SIZE_BYTES);
  }
  return {
    block,
    reason: 'the GPT at the start of the disk',
    partitionStarts: starts.filter((start) => Number.isSafeInteger(start)),
    gptSizeBytes: Number.isSafeInteger(sizeBytes) ? sizeBytes : null,
    partitionsEndBytes: end > 0 && Number.isSafeInteger(end) ? end : null,
  };
}

function mbrTable(block: Block, head: Buffer): Table | null {
  const starts: number[] = [];
  let end = 0;
  for (let entry = 0; entry < 4; entry += 1) {
    const at = 446 + entry * 16;
    const flag = head[at] ?? 0;
    const start = head.readUInt32LE(at + 8);
    const count = head.readUInt32LE(at + 12);
    if (flag !== 0 && flag !== 0x80) return null;
    if (head[at + 4] === 0 || count === 0) continue;
    starts.push(start * SECTOR_SIZE_BYTES);
    end = Math.max(end, (start + count) * SECTOR_SIZE_BYTES);
  }
  if (starts.length === 0) return null;
  return {
    block,
    reason: 'the partition table at the start of the disk',
    partitionStarts: starts,
    gptSizeBytes: null,
    partitionsEndBytes: end,
  };
}

/** Guest offset of the start of the block, by a GPT header in it that is not the first of the disk. */
function gptBackupPlace(bytes: Buffer, blockSizeBytes: number): number | null {
  for (
    let at = bytes.indexOf(GPT_SIGNATURE, 0, 'latin1');
    at >= 0;
    at = bytes.indexOf(GPT_SIGNATURE, at + 1, 'latin1')
  ) {
    if (at % SECTOR_SIZE_BYTES !== 0 || at + 40 > bytes.length) continue;
    const own = toSafe(bytes.readBigUInt64LE(at + 24)) * SECTOR_SIZE_BYTES;
    const other = bytes.readBigUInt64LE(at + 32);
    if (own > SECTOR_SIZE_BYTES && other === 1n && Number.isSafeInteger(own) && own % blockSizeBytes === at)
      return own - at;
  }
  return null;
}

/** ext2, ext3 and ext4 keep copies of the superblock at the start of some block groups, each with its group's number. */
function extBackupPlace(bytes: Buffer, partitionStart: number, blockSizeBytes: number): number | null {
  for (let at = 0; at + SECTOR_SIZE_BYTES <= bytes.length; at += SECTOR_SIZE_BYTES) {
    if (bytes.readUInt16LE(at + 56) !== EXT_MAGIC) continue;
    const group = bytes.readUInt16LE(at + 90);
    const shift = bytes.readUInt32LE(at + 24);
    const firstBlock = bytes.readUInt32LE(at + 20);
    const blocksOfGroup = bytes.readUInt32LE(at + 32);
    if (shift > 6 || blocksOfGroup === 0 || firstBlock > 1) continue;
    const inPartition = group === 0 ? 1024 : (group * blocksOfGroup + firstBlock) * (1024 << shift);
    const place = partitionStart + inPartition;
    if (place % blockSizeBytes === at) return place - at;
  }
  return null;
}

const toSafe = (value: bigint): number =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.NaN;
