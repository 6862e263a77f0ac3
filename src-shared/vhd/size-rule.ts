import { MIB_BYTES } from './constants';
import { nextChsExactSize } from './chs-exact';
import { nextUniversalSize } from './universal-size';

/** What a new disk's size must satisfy: nothing, CHS-exact, a whole MiB, or both. */
export type SizeRule = 'exact' | 'chs' | 'mib' | 'universal';

export const SIZE_RULES: readonly SizeRule[] = ['exact', 'chs', 'mib', 'universal'];

/**
 * The smallest size of at least `sizeBytes` bytes that satisfies the rule, in bytes.
 * Null where there is none: CHS ends at 136,899,993,600 bytes, universal sizes at 130,305 MiB.
 */
export function applySizeRule(sizeBytes: number, rule: SizeRule): number | null {
  switch (rule) {
    case 'exact':
      return sizeBytes;
    case 'chs':
      return nextChsExactSize(sizeBytes);
    case 'mib':
      return Math.max(1, Math.ceil(sizeBytes / MIB_BYTES)) * MIB_BYTES;
    case 'universal':
      return nextUniversalSize(sizeBytes);
  }
}
