import type { BlockMap, QemuExtent } from '../../src-shared/model';
import type { VirtualDisk } from '../../src-main/engine/disk';
import { mapBlocks, mapBlockSizeBytes, type MapRange } from '../../src-main/engine/ops/map';
import { mapAsQemu } from '../../src-main/engine/ops/map-qemu';

/** A small disk's map as one list. */
export async function listBlocks(disk: VirtualDisk, range: MapRange = {}): Promise<BlockMap> {
  return { blockSizeBytes: mapBlockSizeBytes(disk), blocks: await listOf(mapBlocks(disk, range)) };
}

export async function listQemuExtents(disk: VirtualDisk, range: MapRange = {}): Promise<QemuExtent[]> {
  return listOf(mapAsQemu(disk, range));
}

async function listOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of source) list.push(element);
  return list;
}
