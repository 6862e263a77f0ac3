import { formatBytes, formatSizeBoth } from '../../../../src-shared/vhd/format-size';

/** How a size differs from the disk's own, in a sentence; null where it does not. */
export function sizeDifference(seenBytes: number, currentSizeBytes: number): string | null {
  const difference = currentSizeBytes - seenBytes;
  if (difference === 0) return null;
  return difference > 0
    ? `it sees ${formatSizeBoth(seenBytes)}: the last ${formatBytes(difference)} are missing`
    : `it sees ${formatSizeBoth(seenBytes)}: ${formatBytes(-difference)} more than there are`;
}
