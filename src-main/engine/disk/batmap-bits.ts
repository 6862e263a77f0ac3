import { writeU32 } from '../../../src-shared/vhd/bytes';
import { batSizeBytes } from '../format';
import type { RandomAccessFile } from '../io';
import {
  BATMAP_CHECKSUM_OFFSET,
  batmapChecksum,
  clearBatmapBit,
  isBatmapBitSet,
  readBatmap,
  type LocatedBatmap,
} from './batmap';
import type { VhdMetadata } from './metadata';

/**
 * Takes a block's bit out of blktap's batmap where another tool left one for a block that is not allocated: blktap
 * would take the block for full once there is one, and never ask the parent. Read when first needed.
 */
export class BatmapBits {
  readonly #file: RandomAccessFile;
  readonly #metadata: VhdMetadata;
  #batmap: LocatedBatmap | null | undefined;

  constructor(file: RandomAccessFile, metadata: VhdMetadata) {
    this.#file = file;
    this.#metadata = metadata;
  }

  /** Writes the map without these blocks' bits, and its checksum where it was right before. The caller flushes. */
  async clear(blocks: readonly number[]): Promise<void> {
    if (this.#batmap === undefined) this.#batmap = await this.#read();
    const batmap = this.#batmap;
    if (!batmap || batmap.mapOffset === null) return;
    const stale = blocks.filter((block) => isBatmapBitSet(batmap.map, block));
    if (stale.length === 0) return;
    const wasRight = batmap.computedChecksum === batmap.storedChecksum;
    for (const block of stale) {
      clearBatmapBit(batmap.map, block);
      const at = block >> 3;
      await this.#file.writeAt(batmap.map.subarray(at, at + 1), batmap.mapOffset + at);
    }
    const computedChecksum = batmapChecksum(batmap.map, batmap.version);
    this.#batmap = { ...batmap, computedChecksum };
    if (!wasRight) return;
    const bytes = new Uint8Array(4);
    writeU32(bytes, 0, computedChecksum);
    await this.#file.writeAt(bytes, batmap.offset + BATMAP_CHECKSUM_OFFSET);
    this.#batmap = { ...batmap, computedChecksum, storedChecksum: computedChecksum };
  }

  async #read(): Promise<LocatedBatmap | null> {
    const { bat, fileSizeBytes } = this.#metadata;
    return bat ? readBatmap(this.#file, bat.offset + batSizeBytes(bat.claimedEntries), fileSizeBytes) : null;
  }
}
