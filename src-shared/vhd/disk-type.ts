/** The disk types that version 1.0 defines and that can still be met. */
export type DiskType = 'fixed' | 'dynamic' | 'differencing';

/** Disk type codes of the footer (spec: Hard Disk Footer Format, Disk Type). */
export const DISK_TYPE_CODES: Readonly<Record<DiskType, number>> = { fixed: 2, dynamic: 3, differencing: 4 };

/** The type for a footer's code, or null for 0, the reserved codes 1, 5 and 6, and anything else. */
export function diskTypeFromCode(code: number): DiskType | null {
  switch (code) {
    case DISK_TYPE_CODES.fixed:
      return 'fixed';
    case DISK_TYPE_CODES.dynamic:
      return 'dynamic';
    case DISK_TYPE_CODES.differencing:
      return 'differencing';
    default:
      return null;
  }
}

/** A name for any code of the disk type field, legal or not. */
export function describeDiskTypeCode(code: number): string {
  if (code === 0) return 'none';
  if (code === 1 || code === 5 || code === 6) return 'reserved (deprecated)';
  return diskTypeFromCode(code) ?? 'unknown';
}
