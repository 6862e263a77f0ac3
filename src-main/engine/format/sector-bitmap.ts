/**
 * Sector bitmap (VHD 1.0, "Block Allocation Table and Data Blocks"): one bit a sector in front of each block's data,
 * most significant bit first, padded to whole sectors. Dynamic disk: 1 = written, 0 = zeros. Differencing disk:
 * 1 = in this file, 0 = in the parent.
 */
export { sectorBitmapBytes } from '../../../src-shared/vhd/layout';

/** Whether the bit of sector `sectorIndex` (within the block) is set. */
export function isSectorSet(bitmap: Uint8Array, sectorIndex: number): boolean {
  return ((bitmap[sectorIndex >> 3] ?? 0) & (0x80 >> (sectorIndex & 7))) !== 0;
}

/** Sets the bits of sectors `[start, end)`. */
export function setSectors(bitmap: Uint8Array, start: number, end: number): void {
  changeSectors(bitmap, start, end, true);
}

/** Clears the bits of sectors `[start, end)`. */
export function clearSectors(bitmap: Uint8Array, start: number, end: number): void {
  changeSectors(bitmap, start, end, false);
}

/** First sector in `[start, end)` whose bit differs from that of `start`, or `end`. */
export function endOfRun(bitmap: Uint8Array, start: number, end: number): number {
  const set = isSectorSet(bitmap, start);
  const whole = set ? 0xff : 0x00;
  let sector = start + 1;
  while (sector < end) {
    if ((sector & 7) === 0 && sector + 8 <= end && bitmap[sector >> 3] === whole) sector += 8;
    else if (isSectorSet(bitmap, sector) === set) sector += 1;
    else return sector;
  }
  return end;
}

/** How many bits of sectors `[0, end)` are set. */
export function countSetSectors(bitmap: Uint8Array, end: number): number {
  let count = 0;
  for (let sector = 0; sector < end;) {
    const next = endOfRun(bitmap, sector, end);
    if (isSectorSet(bitmap, sector)) count += next - sector;
    sector = next;
  }
  return count;
}

function changeSectors(bitmap: Uint8Array, start: number, end: number, set: boolean): void {
  let sector = start;
  while (sector < end) {
    if ((sector & 7) === 0 && sector + 8 <= end) {
      bitmap[sector >> 3] = set ? 0xff : 0x00;
      sector += 8;
      continue;
    }
    const mask = 0x80 >> (sector & 7);
    const byte = bitmap[sector >> 3] ?? 0;
    bitmap[sector >> 3] = set ? byte | mask : byte & ~mask;
    sector += 1;
  }
}
