import type { ByteChange, FieldChange } from '../../../src-shared/model/repair-plan';
import { readU16, readU32, readU64, readU64BigInt, readU8 } from '../../../src-shared/vhd/bytes';
import { formatChecksum } from '../../../src-shared/vhd/checksum';
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { describeDiskTypeCode } from '../../../src-shared/vhd/disk-type';
import { DYNAMIC_HEADER_FIELDS } from '../../../src-shared/vhd/dynamic-header-fields';
import type { FieldSpec } from '../../../src-shared/vhd/field-spec';
import { FOOTER_FIELDS } from '../../../src-shared/vhd/footer-fields';
import { formatGeometry } from '../../../src-shared/vhd/geometry';
import { trimCode } from '../../../src-shared/vhd/names';
import { decodeLatin1, decodeUtf16Be, toHex, trimAtNul } from '../../../src-shared/vhd/text';
import { formatTimestamp } from '../../../src-shared/vhd/timestamp';
import { formatUuid } from '../../../src-shared/vhd/uuid';
import type { LocatedMetadata } from '../disk/metadata';
import { readUpTo, type RandomAccessFile } from '../io';

/** BAT entries named one by one in a change; more are counted. */
const ENTRIES_SHOWN_MAX = 16;
const RAW_SHOWN_BYTES = 16;

interface Structure {
  readonly name: string;
  readonly offset: number;
  readonly fields: readonly FieldSpec[];
  readonly sizeBytes: number;
}

/**
 * Adds to each change the fields that it touches, decoded.
 * @param after the file with all of `changes`; what it was before is in the changes themselves.
 */
export async function describeChanges(
  changes: readonly ByteChange[],
  after: RandomAccessFile,
  metadata: LocatedMetadata,
): Promise<readonly ByteChange[]> {
  const structures = structuresOf(metadata);
  const index = new ChangeIndex(changes);
  const described: ByteChange[] = [];
  for (const change of changes) {
    const fields: FieldChange[] = [];
    for (const structure of structures) fields.push(...(await fieldChanges(change, structure, index, after)));
    fields.push(...(await entryChanges(change, metadata, index, after)));
    described.push(fields.length > 0 ? { ...change, fields } : change);
  }
  return described;
}

interface TwoStates {
  readonly before: Uint8Array;
  /** Which bytes were there before. */
  readonly present: Uint8Array;
  readonly after: Uint8Array;
}

/** Changes by their place in the file: there can be thousands of them, and each is held against those around it. */
class ChangeIndex {
  readonly #changes: readonly ByteChange[];
  /** Positions in `changes`, by offset. */
  readonly #order: Uint32Array;
  /** Of these, the furthest end so far. */
  readonly #ends: Float64Array;

  constructor(changes: readonly ByteChange[]) {
    this.#changes = changes;
    this.#order = Uint32Array.from(changes.keys()).sort(
      (a, b) => this.#offsetAt(a) - this.#offsetAt(b) || a - b,
    );
    this.#ends = new Float64Array(changes.length);
    let end = 0;
    this.#order.forEach((position, at) => {
      end = Math.max(end, this.#offsetAt(position) + (changes[position]?.lengthBytes ?? 0));
      this.#ends[at] = end;
    });
  }

  /** Those that touch `[offset, end)`, the one made last first. */
  lastFirst(offset: number, end: number): readonly ByteChange[] {
    const found: number[] = [];
    for (let at = this.#countBefore(end) - 1; at >= 0 && (this.#ends[at] ?? 0) > offset; at -= 1) {
      const position = this.#order[at] ?? 0;
      if (this.#offsetAt(position) + (this.#changes[position]?.lengthBytes ?? 0) > offset)
        found.push(position);
    }
    return found.sort((a, b) => b - a).flatMap((position) => this.#changes[position] ?? []);
  }

  #offsetAt(position: number): number {
    return this.#changes[position]?.offset ?? 0;
  }

  /** How many begin in front of `offset`. */
  #countBefore(offset: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#offsetAt(this.#order[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** `[offset, offset + length)` with and without the changes. */
async function bothStates(
  file: RandomAccessFile,
  changes: ChangeIndex,
  offset: number,
  length: number,
): Promise<TwoStates> {
  const after = await readUpTo(file, offset, length);
  const before = new Uint8Array(length);
  before.set(after);
  const present = new Uint8Array(length).fill(1);
  for (const change of changes.lastFirst(offset, offset + length)) {
    const old = Buffer.from(change.before, 'hex');
    const start = Math.max(offset, change.offset);
    const end = Math.min(offset + length, change.offset + change.lengthBytes);
    for (let at = start; at < end; at += 1) {
      const was = old[at - change.offset];
      before[at - offset] = was ?? 0;
      present[at - offset] = was === undefined ? 0 : 1;
    }
  }
  return { before, present, after };
}

function structuresOf({ footer, footerCopy, header }: LocatedMetadata): readonly Structure[] {
  const found: Structure[] = [];
  if (footer)
    found.push({
      name: 'footer',
      offset: footer.offset,
      fields: FOOTER_FIELDS,
      sizeBytes: footer.lengthBytes,
    });
  if (footerCopy) found.push({ name: 'footerCopy', offset: 0, fields: FOOTER_FIELDS, sizeBytes: 512 });
  if (header)
    found.push({
      name: 'dynamicHeader',
      offset: header.offset,
      fields: DYNAMIC_HEADER_FIELDS,
      sizeBytes: 1024,
    });
  return found;
}

async function fieldChanges(
  change: ByteChange,
  structure: Structure,
  changes: ChangeIndex,
  file: RandomAccessFile,
): Promise<readonly FieldChange[]> {
  if (change.offset >= structure.offset + structure.sizeBytes) return [];
  if (change.offset + change.lengthBytes <= structure.offset) return [];
  const { before, present, after } = await bothStates(file, changes, structure.offset, structure.sizeBytes);
  return structure.fields.flatMap((field) => {
    const start = structure.offset + field.offset;
    const end = field.offset + field.length;
    if (start >= change.offset + change.lengthBytes || start + field.length <= change.offset) return [];
    if (after.length < end) return [];
    const was = before.subarray(field.offset, end);
    const is = after.subarray(field.offset, end);
    const existed = present.subarray(field.offset, end).every((byte) => byte === 1);
    if (existed && Buffer.compare(was, is) === 0) return [];
    return [
      {
        structure: structure.name,
        field: field.name,
        before: existed ? formatField(field, was) : '(not there)',
        after: formatField(field, is),
      },
    ];
  });
}

async function entryChanges(
  change: ByteChange,
  { bat }: LocatedMetadata,
  changes: ChangeIndex,
  file: RandomAccessFile,
): Promise<readonly FieldChange[]> {
  if (!bat) return [];
  const first = Math.max(0, Math.floor((change.offset - bat.offset) / BAT_ENTRY_SIZE_BYTES));
  // what they were is known as far as it is shown
  const shownBytes = Math.min(change.lengthBytes, Math.max(change.before.length, change.after.length) / 2);
  const end = Math.min(
    bat.claimedEntries,
    Math.ceil((change.offset + shownBytes - bat.offset) / BAT_ENTRY_SIZE_BYTES),
  );
  const fields: FieldChange[] = [];
  for (let index = first; index < end && fields.length < ENTRIES_SHOWN_MAX; index += 1) {
    const offset = bat.offset + index * BAT_ENTRY_SIZE_BYTES;
    const { before, after } = await bothStates(file, changes, offset, BAT_ENTRY_SIZE_BYTES);
    const was = formatEntry(before);
    const is = formatEntry(after);
    if (was !== is) fields.push({ structure: 'bat', field: `entry ${index}`, before: was, after: is });
  }
  return fields;
}

function formatEntry(bytes: Uint8Array): string {
  if (bytes.length < BAT_ENTRY_SIZE_BYTES) return '(not there)';
  const sector = readU32(bytes, 0);
  return sector === BAT_UNUSED ? 'not allocated' : `sector ${sector}`;
}

/** A field's bytes in words; short, for a list of differences. */
function formatField(field: FieldSpec, bytes: Uint8Array): string {
  switch (field.kind) {
    case 'ascii':
    case 'fourCharacterCode':
      return trimCode(decodeLatin1(bytes));
    case 'checksum':
      return formatChecksum(readU32(bytes, 0));
    case 'diskType':
      return describeDiskTypeCode(readU32(bytes, 0));
    case 'features':
    case 'locatorSpace':
    case 'u32':
      return String(readU32(bytes, 0));
    case 'flag':
      return String(readU8(bytes, 0));
    case 'geometry':
      return formatGeometry({
        cylinders: readU16(bytes, 0),
        heads: readU8(bytes, 2),
        sectorsPerTrack: readU8(bytes, 3),
      });
    case 'timestamp':
      return readU32(bytes, 0) === 0 ? 'none' : formatTimestamp(readU32(bytes, 0));
    case 'u64':
      return readU64(bytes, 0) === null ? 'none (all ones)' : String(readU64BigInt(bytes, 0));
    case 'utf16be':
      return trimAtNul(decodeUtf16Be(bytes));
    case 'uuid':
      return formatUuid(bytes);
    case 'version':
      return `${readU16(bytes, 0)}.${readU16(bytes, 2)}`;
    case 'bytes':
      return formatRaw(bytes);
  }
}

function formatRaw(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return 'zeros';
  const shown = toHex(bytes.subarray(0, RAW_SHOWN_BYTES));
  return bytes.length > RAW_SHOWN_BYTES ? `${shown}…` : shown;
}
