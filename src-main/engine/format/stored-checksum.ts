import { writeU32 } from '../../../src-shared/vhd/bytes';
import { onesComplementChecksum } from '../../../src-shared/vhd/checksum';

/** A checksum as found and as it must be. */
export interface StoredChecksum {
  readonly stored: number;
  readonly computed: number;
  readonly valid: boolean;
}

/** Writes the right checksum into `bytes` at `offset` and returns them. */
export function withChecksum(bytes: Uint8Array, offset: number): Uint8Array {
  writeU32(bytes, offset, onesComplementChecksum(bytes, offset));
  return bytes;
}
