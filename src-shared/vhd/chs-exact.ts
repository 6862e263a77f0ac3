import { SECTOR_SIZE_BYTES } from './constants';
import {
  geometryForSectors,
  geometryForSize,
  capacityBytes,
  LARGE_GEOMETRY_SECTORS,
  MAX_GEOMETRY_SECTORS,
} from './geometry';

/** A run of disk sizes `[startSectors, endSectors)` for which the calculation takes the same heads and sectors. */
interface GeometrySegment {
  readonly startSectors: number;
  readonly endSectors: number;
  /** Heads times sectors per track; the exact sizes of the segment are its multiples. */
  readonly cylinderSectors: number;
}

const SEGMENTS: readonly GeometrySegment[] = listSegments();

/**
 * Whether a disk of `sizeBytes` has a geometry that addresses all of it, so that readers which calculate the size
 * from CHS (Virtual PC, QEMU for some creators) see every sector.
 */
export function isChsExact(sizeBytes: number): boolean {
  return capacityBytes(geometryForSize(sizeBytes)) === sizeBytes;
}

/** Smallest CHS-exact size above zero that is at least `sizeBytes`, in bytes; null above about 127.5 GiB. */
export function nextChsExactSize(sizeBytes: number): number | null {
  const wanted = Math.max(1, Math.ceil(sizeBytes / SECTOR_SIZE_BYTES));
  for (const segment of SEGMENTS) {
    if (segment.endSectors <= wanted) continue;
    const from = Math.max(wanted, segment.startSectors);
    const candidate = Math.ceil(from / segment.cylinderSectors) * segment.cylinderSectors;
    if (candidate < segment.endSectors) return candidate * SECTOR_SIZE_BYTES;
  }
  return null;
}

/** Largest CHS-exact size above zero that is at most `sizeBytes`, in bytes; null below 34,816 bytes. */
export function previousChsExactSize(sizeBytes: number): number | null {
  const wanted = Math.floor(sizeBytes / SECTOR_SIZE_BYTES);
  for (let index = SEGMENTS.length - 1; index >= 0; index -= 1) {
    const segment = SEGMENTS[index];
    if (segment === undefined || segment.startSectors > wanted) continue;
    const upTo = Math.min(wanted, segment.endSectors - 1);
    const candidate = Math.floor(upTo / segment.cylinderSectors) * segment.cylinderSectors;
    if (candidate >= segment.startSectors && candidate > 0) return candidate * SECTOR_SIZE_BYTES;
  }
  return null;
}

/**
 * The calculation changes heads or sectors per track only at these sizes: where the number of 17-sector tracks
 * passes a multiple of 1,024 (exactly at the multiple the tracks do not fit the heads, and 31 sectors per track are
 * taken for the length of one track), at 16 * 1,024 tracks of 17 and of 31, and at the 255-sector threshold.
 * A unit test compares the outcome with the calculation itself.
 */
function listSegments(): GeometrySegment[] {
  const starts = [0];
  for (let heads = 4; heads <= 16; heads += 1) starts.push(heads * 1024 * 17, (heads * 1024 + 1) * 17);
  starts.push(16 * 1024 * 31, LARGE_GEOMETRY_SECTORS);
  return starts.map((startSectors, index) => ({
    startSectors,
    endSectors: starts[index + 1] ?? MAX_GEOMETRY_SECTORS + 1,
    cylinderSectors: cylinderSectorsAt(startSectors),
  }));
}

function cylinderSectorsAt(totalSectors: number): number {
  const { heads, sectorsPerTrack } = geometryForSectors(totalSectors);
  return heads * sectorsPerTrack;
}
