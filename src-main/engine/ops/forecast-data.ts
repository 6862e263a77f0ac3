import type { VirtualDisk } from '../disk/virtual-disk';

export interface DataForecast {
  /** Guest bytes that may hold data; zeros among them are only found by reading. */
  readonly dataBytes: number;
  /** Blocks of the asked-for size that these bytes lie in. */
  readonly touchedBlocks: number;
}

/** How much a copy of the disk would have to store at most, from metadata alone. */
export async function forecastData(disk: VirtualDisk, blockSizeBytes: number | null): Promise<DataForecast> {
  let dataBytes = 0;
  let touchedBlocks = 0;
  let nextBlock = 0;
  for await (const { offset, length, state } of disk.extents(0, disk.sizeBytes)) {
    if (state === 'zero' || state === 'unallocated') continue;
    dataBytes += length;
    if (blockSizeBytes === null) continue;
    const first = Math.max(nextBlock, Math.floor(offset / blockSizeBytes));
    const end = Math.ceil((offset + length) / blockSizeBytes);
    touchedBlocks += Math.max(0, end - first);
    nextBlock = Math.max(nextBlock, end);
  }
  return { dataBytes, touchedBlocks };
}
