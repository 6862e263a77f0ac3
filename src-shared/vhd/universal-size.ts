import { MIB_BYTES } from './constants';
import { isChsExact } from './chs-exact';

/**
 * Universal sizes are whole MiB and CHS-exact: readers that take the current size, readers that calculate from CHS,
 * and Azure all see the same disk. Between these runs there are none; a unit test tries every MiB.
 */
const UNIVERSAL_RUNS_MIB: readonly { from: number; to: number; step: number }[] = [
  { from: 17, to: 17, step: 1 },
  { from: 155, to: 217, step: 31 },
  { from: 252, to: 32_193, step: 63 },
  { from: 32_385, to: 130_305, step: 255 },
];

/** Whether a size in bytes is universal. */
export function isUniversalSize(sizeBytes: number): boolean {
  return sizeBytes > 0 && sizeBytes % MIB_BYTES === 0 && isChsExact(sizeBytes);
}

/** All universal sizes in bytes, ascending: 897 of them, from 17 MiB to 130,305 MiB. */
export function universalSizes(): number[] {
  const sizes: number[] = [];
  for (const { from, to, step } of UNIVERSAL_RUNS_MIB) {
    for (let mib = from; mib <= to; mib += step) sizes.push(mib * MIB_BYTES);
  }
  return sizes;
}

/** Smallest universal size of at least `sizeBytes` bytes, or null above 130,305 MiB. */
export function nextUniversalSize(sizeBytes: number): number | null {
  const wanted = Math.ceil(sizeBytes / MIB_BYTES);
  for (const { from, to, step } of UNIVERSAL_RUNS_MIB) {
    if (wanted > to) continue;
    return (wanted <= from ? from : from + Math.ceil((wanted - from) / step) * step) * MIB_BYTES;
  }
  return null;
}

/** Largest universal size of at most `sizeBytes` bytes, or null below 17 MiB. */
export function previousUniversalSize(sizeBytes: number): number | null {
  const wanted = Math.floor(sizeBytes / MIB_BYTES);
  for (const { from, to, step } of [...UNIVERSAL_RUNS_MIB].reverse()) {
    if (wanted < from) continue;
    return (wanted >= to ? to : from + Math.floor((wanted - from) / step) * step) * MIB_BYTES;
  }
  return null;
}
