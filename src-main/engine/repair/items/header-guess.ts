/**
 * A damaged dynamic disk header has no copy, but its stored checksum is a witness: where a few fields take the values
 * that footer, file and custom ask for and the stored checksum fits again, those fields were what was damaged.
 */
import { writeU32, writeU64 } from '../../../../src-shared/vhd/bytes';
import {
  DYNAMIC_HEADER_CHECKSUM_OFFSET,
  DYNAMIC_HEADER_COOKIE,
  DYNAMIC_HEADER_SIZE_BYTES,
  FORMAT_VERSION_1_0,
  KIB_BYTES,
  MIB_BYTES,
} from '../../../../src-shared/vhd/constants';
import { encodeLatin1 } from '../../../../src-shared/vhd/text';
import type { DiskType } from '../../../../src-shared/vhd/disk-type';
import { parseDynamicHeader, type ParsedDynamicHeader } from '../../format';

/** Most fields that may have been damaged at once: with more, a sum of bytes proves nothing. */
const DAMAGED_FIELDS_MAX = 3;
/** Block sizes in the order in which they are met. */
export const BLOCK_SIZES_TRIED: readonly number[] = [
  2 * MIB_BYTES,
  512 * KIB_BYTES,
  ...[4, 1, 16, 8, 32].map((mib) => mib * MIB_BYTES),
  ...[64, 32, 256, 128, 16, 4].map((kib) => kib * KIB_BYTES),
];

interface FieldGuess {
  readonly field: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface HeaderGuess {
  readonly header: ParsedDynamicHeader;
  /** The fields that were set, in the specification's words. */
  readonly fields: readonly string[];
}

export interface HeaderHints {
  readonly type: DiskType | null;
  readonly headerOffset: number;
  readonly currentSizeBytes: number | null;
}

/**
 * Headers with up to three fields set so that the stored checksum fits, those with the fewest fields first. A sum of
 * bytes is a weak witness: the caller accepts only what the rest of the file bears out, and only where it is alone.
 */
export function* guessHeaders(header: ParsedDynamicHeader, hints: HeaderHints): Generator<HeaderGuess> {
  const guesses = fieldGuesses(header, hints);
  const wanted = (~header.checksum.stored >>> 0) - (~header.checksum.computed >>> 0);
  for (let count = 1; count <= DAMAGED_FIELDS_MAX; count += 1) {
    for (const set of combinations(guesses, count)) {
      if (set.reduce((sum, guess) => sum + sumDelta(header.bytes, guess), 0) !== wanted) continue;
      const bytes = Uint8Array.from(header.bytes);
      for (const guess of set) bytes.set(guess.bytes, guess.offset);
      const candidate = parseDynamicHeader(bytes);
      if (candidate.checksum.valid && candidate.cookieValid)
        yield { header: candidate, fields: set.map((guess) => guess.field) };
    }
  }
}

/** Values that differ from what stands there. */
function fieldGuesses(header: ParsedDynamicHeader, hints: HeaderHints): FieldGuess[] {
  const guesses: FieldGuess[] = [];
  const add = (field: string, offset: number, bytes: Uint8Array): void => {
    if (Buffer.compare(header.bytes.subarray(offset, offset + bytes.length), bytes) === 0) return;
    if (offset <= DYNAMIC_HEADER_CHECKSUM_OFFSET && offset + bytes.length > DYNAMIC_HEADER_CHECKSUM_OFFSET)
      return;
    guesses.push({ field, offset, bytes });
  };
  add('cookie', 0, encodeLatin1(DYNAMIC_HEADER_COOKIE));
  add('data offset', 8, u64(null));
  add('table offset', 16, u64(hints.headerOffset + DYNAMIC_HEADER_SIZE_BYTES));
  add('header version', 24, u32(FORMAT_VERSION_1_0));
  for (const blockSize of BLOCK_SIZES_TRIED) add('block size', 32, u32(blockSize));
  for (const entries of entryCounts(header, hints)) add('max table entries', 28, u32(entries));
  add('first reserved bytes', 60, new Uint8Array(4));
  add('last reserved bytes', 768, new Uint8Array(256));
  if (hints.type === 'dynamic') {
    add('parent unique id', 40, new Uint8Array(16));
    add('parent timestamp', 56, new Uint8Array(4));
    add('parent unicode name', 64, new Uint8Array(512));
    add('parent locators', 576, new Uint8Array(192));
  }
  return guesses;
}

/** Entries that the size needs, at the block size that stands there and at those usually met. */
function entryCounts(header: ParsedDynamicHeader, { currentSizeBytes }: HeaderHints): readonly number[] {
  if (currentSizeBytes === null) return [];
  const sizes = [header.fields.blockSizeBytes, ...BLOCK_SIZES_TRIED].filter((size) => size >= 512);
  const counts = sizes.flatMap((size) => {
    const needed = Math.ceil(currentSizeBytes / size);
    // COMPAT(qemu before 1.x, vates): one more than needed
    return [needed, needed + 1];
  });
  return [...new Set(counts)].filter((count) => count > 0 && count <= 0xffff_ffff);
}

function sumDelta(bytes: Uint8Array, guess: FieldGuess): number {
  let delta = 0;
  guess.bytes.forEach((byte, at) => {
    delta += byte - (bytes[guess.offset + at] ?? 0);
  });
  return delta;
}

function* combinations(
  items: readonly FieldGuess[],
  count: number,
  start = 0,
): Generator<readonly FieldGuess[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let index = start; index < items.length; index += 1) {
    const item = items[index];
    if (!item) continue;
    for (const rest of combinations(items, count - 1, index + 1)) {
      if (!rest.some((other) => other.field === item.field)) yield [item, ...rest];
    }
  }
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

function u64(value: number | null): Uint8Array {
  const bytes = new Uint8Array(8);
  writeU64(bytes, 0, value);
  return bytes;
}
