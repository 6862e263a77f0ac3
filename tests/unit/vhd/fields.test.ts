import { describe, expect, it } from 'vitest';
import {
  DYNAMIC_HEADER_CHECKSUM_OFFSET,
  DYNAMIC_HEADER_FIELDS,
  DYNAMIC_HEADER_SIZE_BYTES,
  fieldAtOffset,
  findField,
  FOOTER_CHECKSUM_OFFSET,
  FOOTER_FIELDS,
  FOOTER_HIDDEN_OFFSET,
  FOOTER_SIZE_BYTES,
  PARENT_LOCATOR_FIELDS,
  PARENT_LOCATOR_SIZE_BYTES,
  PARENT_LOCATORS_OFFSET,
  type FieldKind,
  type FieldSpec,
} from '../../../src-shared/vhd';

const TABLES: readonly [string, readonly FieldSpec[], number][] = [
  ['footer', FOOTER_FIELDS, FOOTER_SIZE_BYTES],
  ['dynamic disk header', DYNAMIC_HEADER_FIELDS, DYNAMIC_HEADER_SIZE_BYTES],
  ['parent locator entry', PARENT_LOCATOR_FIELDS, PARENT_LOCATOR_SIZE_BYTES],
];

/** Bytes that a kind always has. */
const KIND_LENGTHS: Partial<Record<FieldKind, number>> = {
  checksum: 4,
  diskType: 4,
  features: 4,
  flag: 1,
  fourCharacterCode: 4,
  geometry: 4,
  locatorSpace: 4,
  timestamp: 4,
  u32: 4,
  u64: 8,
  uuid: 16,
  version: 4,
};

describe.each(TABLES)('the fields of a %s', (_label, fields, sizeBytes) => {
  it('hold every byte exactly once', () => {
    const owners = Array.from({ length: sizeBytes }, (_, offset) =>
      fields.filter((field) => offset >= field.offset && offset < field.offset + field.length),
    );
    expect(owners.filter((owner) => owner.length !== 1)).toEqual([]);
    expect(fields.reduce((sum, field) => sum + field.length, 0)).toBe(sizeBytes);
  });

  it('have names of their own and words for people', () => {
    expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
    for (const field of fields) {
      expect(field.name).toMatch(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z]*)?$/);
      expect(field.title.length).toBeGreaterThan(3);
      expect(field.meaning).toMatch(/^[A-Z0-9].+\.$/);
      expect(field.specSection).not.toBe('');
      const length = KIND_LENGTHS[field.kind];
      if (length !== undefined) expect(field.length, field.name).toBe(length);
    }
  });

  it('are found by name and by any of their bytes', () => {
    for (const field of fields) {
      expect(findField(fields, field.name)).toBe(field);
      expect(fieldAtOffset(fields, field.offset)).toBe(field);
      expect(fieldAtOffset(fields, field.offset + field.length - 1)).toBe(field);
    }
    expect(findField(fields, 'no such field')).toBeNull();
    expect(fieldAtOffset(fields, sizeBytes)).toBeNull();
    expect(fieldAtOffset(fields, -1)).toBeNull();
  });
});

describe('where the specification puts fields', () => {
  it.each([
    ['cookie', 0],
    ['features', 8],
    ['fileFormatVersion', 12],
    ['dataOffset', 16],
    ['timestamp', 24],
    ['creatorApplication', 28],
    ['creatorVersion', 32],
    ['creatorHostOs', 36],
    ['originalSize', 40],
    ['currentSize', 48],
    ['geometry', 56],
    ['diskType', 60],
    ['checksum', FOOTER_CHECKSUM_OFFSET],
    ['uniqueId', 68],
    ['savedState', 84],
    ['hidden', FOOTER_HIDDEN_OFFSET],
    ['reserved', 86],
  ])('footer: %s at %d', (name, offset) => {
    expect(findField(FOOTER_FIELDS, name)?.offset).toBe(offset);
  });

  it.each([
    ['cookie', 0],
    ['dataOffset', 8],
    ['tableOffset', 16],
    ['headerVersion', 24],
    ['maxTableEntries', 28],
    ['blockSize', 32],
    ['checksum', DYNAMIC_HEADER_CHECKSUM_OFFSET],
    ['parentUniqueId', 40],
    ['parentTimestamp', 56],
    ['reserved1', 60],
    ['parentUnicodeName', 64],
    ['parentLocator0.platformCode', PARENT_LOCATORS_OFFSET],
    ['parentLocator0.dataOffset', 592],
    ['parentLocator1.platformCode', 600],
    ['parentLocator7.dataLength', 752],
    ['reserved2', 768],
  ])('dynamic disk header: %s at %d', (name, offset) => {
    expect(findField(DYNAMIC_HEADER_FIELDS, name)?.offset).toBe(offset);
  });
});
