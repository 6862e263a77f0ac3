import { SECTOR_SIZE_BYTES } from './constants';

/** Cylinders, heads and sectors per track, as a footer stores them (u16, u8, u8). */
export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** Largest geometry the calculation gives. QEMU reads it as "take the current size instead". */
export const MAX_GEOMETRY: Geometry = { cylinders: 65535, heads: 16, sectorsPerTrack: 255 };
/** Sectors of the largest geometry; 136,899,993,600 bytes, about 127.5 GiB. */
export const MAX_GEOMETRY_SECTORS = 65535 * 16 * 255;
/** Sectors from which the calculation takes 255 sectors per track. */
export const LARGE_GEOMETRY_SECTORS = 65535 * 16 * 63;

/**
 * Geometry for a disk of `totalSectors` sectors by the specification's appendix "CHS Calculation": integer
 * division throughout, so that the capacity is never larger than the disk.
 * Throws `RangeError` for what is no count.
 */
export function geometryForSectors(totalSectors: number): Geometry {
  if (!(totalSectors >= 0)) throw new RangeError(`${totalSectors} is not a number of sectors`);
  const sectors = Math.min(Math.floor(totalSectors), MAX_GEOMETRY_SECTORS);
  if (sectors >= LARGE_GEOMETRY_SECTORS) return withTracks(sectors, 255, 16);
  const tracks = Math.floor(sectors / 17);
  const heads = Math.max(4, Math.ceil(tracks / 1024));
  if (tracks < heads * 1024 && heads <= 16) return withTracks(sectors, 17, heads);
  if (Math.floor(sectors / 31) < 16 * 1024) return withTracks(sectors, 31, 16);
  return withTracks(sectors, 63, 16);
}

/** Geometry for a disk of `sizeBytes` bytes by the specification; a last partial sector is left out. */
export function geometryForSize(sizeBytes: number): Geometry {
  return geometryForSectors(Math.floor(sizeBytes / SECTOR_SIZE_BYTES));
}

/** Sectors that a geometry addresses: C * H * S. */
export function capacitySectors(geometry: Geometry): number {
  return geometry.cylinders * geometry.heads * geometry.sectorsPerTrack;
}

/** Bytes that a geometry addresses: C * H * S * 512. */
export function capacityBytes(geometry: Geometry): number {
  return capacitySectors(geometry) * SECTOR_SIZE_BYTES;
}

/** Whether two geometries are equal in all three parts. */
export function isSameGeometry(a: Geometry, b: Geometry): boolean {
  return a.cylinders === b.cylinders && a.heads === b.heads && a.sectorsPerTrack === b.sectorsPerTrack;
}

/** `963/5/17`: cylinders, heads, sectors per track. */
export function formatGeometry(geometry: Geometry): string {
  return `${geometry.cylinders}/${geometry.heads}/${geometry.sectorsPerTrack}`;
}

/** The geometry in text such as `963/5/17` or `963,5,17`, or null when it is none or a part does not fit its field. */
export function parseGeometry(text: string): Geometry | null {
  const match = /^\s*(\d{1,5})\s*[/,x]\s*(\d{1,3})\s*[/,x]\s*(\d{1,3})\s*$/i.exec(text);
  if (match === null) return null;
  const geometry = {
    cylinders: Number(match[1]),
    heads: Number(match[2]),
    sectorsPerTrack: Number(match[3]),
  };
  if (geometry.cylinders > 0xffff || geometry.heads > 0xff || geometry.sectorsPerTrack > 0xff) return null;
  return geometry;
}

function withTracks(sectors: number, sectorsPerTrack: number, heads: number): Geometry {
  return { cylinders: Math.floor(Math.floor(sectors / sectorsPerTrack) / heads), heads, sectorsPerTrack };
}
