/** The metadata fields that a person may set by hand, and what their values may be. */
import { AppError } from '../../../src-shared/errors';
import type { RepairRisk } from '../../../src-shared/model/repair-plan';
import { readU32, writeU32, writeU64, writeU8 } from '../../../src-shared/vhd/bytes';
import {
  FEATURE_TEMPORARY,
  FOOTER_HIDDEN_OFFSET,
  PARENT_UNICODE_NAME_UNITS,
} from '../../../src-shared/vhd/constants';
import { geometryForSectors, parseGeometry } from '../../../src-shared/vhd/geometry';
import { padCode } from '../../../src-shared/vhd/names';
import { parseSize } from '../../../src-shared/vhd/parse-size';
import { encodeLatin1, encodeUtf16Be } from '../../../src-shared/vhd/text';
import { parseTimestamp, timestampFromDate } from '../../../src-shared/vhd/timestamp';
import { parseUuid } from '../../../src-shared/vhd/uuid';
import { safe } from '../check/image-facts';
import type { VhdMetadata } from '../disk/metadata';
import { writeGeometry } from '../format';

export interface EditField {
  readonly name: string;
  readonly title: string;
  /** What may be given, for messages and help. */
  readonly values: string;
  readonly structure: 'footers' | 'dynamicHeader';
  readonly risk: RepairRisk;
  /** What happens by it. */
  readonly detail: string;
  /** The edit for a value, or null where it is none. `newId` makes an id that is the same in plan and change. */
  readonly parse: (
    value: string,
    metadata: VhdMetadata,
    newId: () => string,
  ) => ((bytes: Uint8Array) => void) | null;
}

const at =
  <T>(write: (bytes: Uint8Array, offset: number, value: T) => void, offset: number, value: T) =>
  (bytes: Uint8Array): void =>
    write(bytes, offset, value);
const putAt = (offset: number, value: Uint8Array) => (bytes: Uint8Array) => bytes.set(value, offset);

function parseFlag(value: string): 0 | 1 | null {
  if (/^(1|true|yes|on)$/i.test(value)) return 1;
  return /^(0|false|no|off)$/i.test(value) ? 0 : null;
}

const parseTime = (value: string): number | null =>
  value.toLowerCase() === 'now' ? timestampFromDate(new Date()) : parseTimestamp(value);

const footerField = (field: Omit<EditField, 'structure'>): EditField => ({ ...field, structure: 'footers' });
const headerField = (field: Omit<EditField, 'structure'>): EditField => ({
  ...field,
  structure: 'dynamicHeader',
});

const code =
  (offset: number): EditField['parse'] =>
  (value) => {
    const padded = padCode(value);
    return padded === null ? null : putAt(offset, encodeLatin1(padded));
  };

const flag =
  (offset: number): EditField['parse'] =>
  (value) => {
    const parsed = parseFlag(value);
    return parsed === null ? null : at(writeU8, offset, parsed);
  };

const id =
  (offset: number): EditField['parse'] =>
  (value, _metadata, newId) => {
    const bytes = parseUuid(value.toLowerCase() === 'random' ? newId() : value);
    return bytes && putAt(offset, bytes);
  };

const time =
  (offset: number): EditField['parse'] =>
  (value) => {
    const seconds = value === '0' ? 0 : parseTime(value);
    return seconds === null ? null : at(writeU32, offset, seconds);
  };

export const EDIT_FIELDS: readonly EditField[] = [
  footerField({
    name: 'creator',
    title: 'Set the creator application',
    values: 'up to four characters, such as win, vpc, qem2 or tap',
    risk: 'low',
    detail: 'Some programs decide by it whether they believe the current size or the geometry.',
    parse: code(28),
  }),
  footerField({
    name: 'creatorVersion',
    title: 'Set the creator version',
    values: 'a version such as 10.0',
    risk: 'low',
    detail: 'The version of the program that made the image.',
    parse: (value) => {
      const match = /^(\d{1,5})\.(\d{1,5})$/.exec(value);
      const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
      if (!match || major > 0xffff || minor > 0xffff) return null;
      return at(writeU32, 32, major * 0x1_0000 + minor);
    },
  }),
  footerField({
    name: 'hostOs',
    title: 'Set the creator host OS',
    values: 'up to four characters, such as Wi2k or Mac',
    risk: 'low',
    detail: 'The system that the image was made on.',
    parse: code(36),
  }),
  footerField({
    name: 'uniqueId',
    title: 'Set the unique id',
    values: 'an id such as 0b111de5-0000-4000-8000-000000000001, or random',
    risk: 'low',
    detail: 'Children that name the old id no longer take this image for their parent.',
    parse: id(68),
  }),
  headerField({
    name: 'parentId',
    title: 'Set the parent unique id',
    values: 'the unique id of the parent',
    risk: 'data',
    detail: 'Programs then take another image for the parent; over the wrong one the content is nonsense.',
    parse: id(40),
  }),
  headerField({
    name: 'parentName',
    title: 'Set the parent name',
    values: `a file name of at most ${PARENT_UNICODE_NAME_UNITS} characters`,
    risk: 'low',
    detail: 'The name in the header only; the locators stay as they are.',
    parse: (value) => {
      if (value === '' || value.length > PARENT_UNICODE_NAME_UNITS || value.includes('\0')) return null;
      return (bytes) => {
        bytes.fill(0, 64, 64 + 2 * PARENT_UNICODE_NAME_UNITS);
        bytes.set(encodeUtf16Be(value), 64);
      };
    },
  }),
  headerField({
    name: 'parentTimestamp',
    title: 'Set the parent timestamp',
    values: 'a time such as 2026-01-31T12:00:00Z, now, or 0 for none',
    risk: 'low',
    detail: 'Some programs refuse a child whose parent file was modified at another time.',
    parse: time(56),
  }),
  footerField({
    name: 'savedState',
    title: 'Set the saved state flag',
    values: '0 or 1',
    risk: 'low',
    detail: 'While it is set, the disk must not be resized, compacted or merged.',
    parse: flag(84),
  }),
  footerField({
    name: 'hidden',
    title: "Set Xen's hidden flag",
    values: '0 or 1',
    risk: 'low',
    detail: 'Only Xen knows the flag; 7-Zip refuses an image that has it.',
    parse: flag(FOOTER_HIDDEN_OFFSET),
  }),
  footerField({
    name: 'temporary',
    title: 'Set the mark of a temporary disk',
    values: '0 or 1',
    risk: 'low',
    detail: 'A program may delete a temporary disk at shutdown.',
    parse: (value) => {
      const parsed = parseFlag(value);
      if (parsed === null) return null;
      return (bytes) => {
        const others = readU32(bytes, 8) & ~FEATURE_TEMPORARY;
        writeU32(bytes, 8, (others | (parsed === 1 ? FEATURE_TEMPORARY : 0)) >>> 0);
      };
    },
  }),
  footerField({
    name: 'geometry',
    title: 'Set the geometry',
    values: 'cylinders/heads/sectors such as 963/5/17, or auto for that of the specification',
    risk: 'low',
    detail: 'Virtual PC and, for some creators, QEMU take the size of the disk from it.',
    parse: (value, { active }) => {
      const size = safe(active?.fields.currentSizeBytes);
      const isAuto = value.toLowerCase() === 'auto';
      const geometry = isAuto
        ? size === null
          ? null
          : geometryForSectors(size / 512)
        : parseGeometry(value);
      if (!geometry) return null;
      return (bytes) => writeGeometry(bytes, geometry);
    },
  }),
  footerField({
    name: 'timestamp',
    title: 'Set the creation time',
    values: 'a time such as 2026-01-31T12:00:00Z, or now',
    risk: 'low',
    detail: 'The time in footer and copy; that of the file stays.',
    parse: time(24),
  }),
  footerField({
    name: 'originalSize',
    title: 'Set the original size',
    values: 'a size such as 40M',
    risk: 'low',
    detail: 'For information only; the size of the disk is the current size, which "platter resize" changes.',
    parse: (value) => {
      const size = parseSize(value);
      return size.ok ? at(writeU64, 40, size.bytes) : null;
    },
  }),
];

/** @throws AppError `bad-value` naming the fields there are. */
export function findEditField(name: string): EditField {
  const found = EDIT_FIELDS.find((field) => field.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = EDIT_FIELDS.map((field) => field.name).join(', ');
  throw new AppError('bad-value', `There is no field "${name}" to set. Fields: ${names}.`);
}
