import { PARENT_LOCATOR_COUNT } from './constants';
import { layOutFields, type FieldSpec, type FieldWords } from './field-spec';

const HEADER_SECTION = 'Dynamic Disk Header Format';
const LOCATOR_SECTION = 'Parent Locator Entries';

const FIELDS_BEFORE_LOCATORS: readonly FieldWords[] = [
  {
    name: 'cookie',
    length: 8,
    kind: 'ascii',
    title: 'Cookie',
    specSection: HEADER_SECTION,
    meaning: 'Marks the structure as a dynamic disk header: cxsparse.',
  },
  {
    name: 'dataOffset',
    length: 8,
    kind: 'u64',
    title: 'Data offset',
    specSection: HEADER_SECTION,
    meaning: 'Meant for a next structure; not used, therefore all ones.',
  },
  {
    name: 'tableOffset',
    length: 8,
    kind: 'u64',
    title: 'Table offset',
    specSection: HEADER_SECTION,
    meaning: 'Byte offset of the block allocation table (BAT).',
  },
  {
    name: 'headerVersion',
    length: 4,
    kind: 'version',
    title: 'Header version',
    specSection: HEADER_SECTION,
    meaning: 'Version of this structure, 1.0.',
  },
  {
    name: 'maxTableEntries',
    length: 4,
    kind: 'u32',
    title: 'Max table entries',
    specSection: HEADER_SECTION,
    meaning: 'Entries of the BAT; as many as the disk has blocks, more is harmless.',
  },
  {
    name: 'blockSize',
    length: 4,
    kind: 'u32',
    title: 'Block size',
    specSection: HEADER_SECTION,
    meaning: 'Data bytes of a block without its sector bitmap; a power of two, usually 2 MiB.',
  },
  {
    name: 'checksum',
    length: 4,
    kind: 'checksum',
    title: 'Checksum',
    specSection: HEADER_SECTION,
    meaning:
      "One's complement of the sum of all bytes of the header, this field left out; there is no second copy.",
  },
  {
    name: 'parentUniqueId',
    length: 16,
    kind: 'uuid',
    title: 'Parent unique id',
    specSection: HEADER_SECTION,
    meaning: 'Unique id of the parent of a differencing disk; zero otherwise.',
  },
  {
    name: 'parentTimestamp',
    length: 4,
    kind: 'timestamp',
    title: 'Parent timestamp',
    specSection: HEADER_SECTION,
    meaning:
      'When the parent file was last modified as the child was made, in seconds since 2000; often not kept.',
  },
  {
    name: 'reserved1',
    length: 4,
    kind: 'bytes',
    title: 'Reserved',
    specSection: HEADER_SECTION,
    meaning: 'Zero.',
  },
  {
    name: 'parentUnicodeName',
    length: 512,
    kind: 'utf16be',
    title: 'Parent unicode name',
    specSection: HEADER_SECTION,
    meaning: 'Name or path of the parent file, UTF-16 in big-endian order, filled up with zeros.',
  },
];

const LOCATOR_FIELDS: readonly FieldWords[] = [
  {
    name: 'platformCode',
    length: 4,
    kind: 'fourCharacterCode',
    title: 'Platform code',
    specSection: LOCATOR_SECTION,
    meaning:
      'How the path is written: W2ru and W2ku for Windows, MacX for a file URL; zero where the entry is not used.',
  },
  {
    name: 'dataSpace',
    length: 4,
    kind: 'locatorSpace',
    title: 'Platform data space',
    specSection: LOCATOR_SECTION,
    meaning:
      'Room set aside for the path: sectors by the specification, bytes in what nearly every program writes.',
  },
  {
    name: 'dataLength',
    length: 4,
    kind: 'u32',
    title: 'Platform data length',
    specSection: LOCATOR_SECTION,
    meaning: 'Bytes of the path itself.',
  },
  {
    name: 'reserved',
    length: 4,
    kind: 'bytes',
    title: 'Reserved',
    specSection: LOCATOR_SECTION,
    meaning: 'Zero.',
  },
  {
    name: 'dataOffset',
    length: 8,
    kind: 'u64',
    title: 'Platform data offset',
    specSection: LOCATOR_SECTION,
    meaning: 'Byte offset in the file of the path.',
  },
];

const FIELDS_AFTER_LOCATORS: readonly FieldWords[] = [
  {
    name: 'reserved2',
    length: 256,
    kind: 'bytes',
    title: 'Reserved',
    specSection: HEADER_SECTION,
    meaning: 'Zero.',
  },
];

/** Every byte of one parent locator entry, offsets from the entry's start. */
export const PARENT_LOCATOR_FIELDS: readonly FieldSpec[] = layOutFields(LOCATOR_FIELDS);

/**
 * Every byte of a dynamic disk header; the fields follow one another without a gap. The fields of the eight parent
 * locator entries are named `parentLocator0.platformCode` to `parentLocator7.dataOffset`.
 */
export const DYNAMIC_HEADER_FIELDS: readonly FieldSpec[] = layOutFields([
  ...FIELDS_BEFORE_LOCATORS,
  ...Array.from({ length: PARENT_LOCATOR_COUNT }, (_, index) => locatorFieldsAt(index)).flat(),
  ...FIELDS_AFTER_LOCATORS,
]);

function locatorFieldsAt(index: number): FieldWords[] {
  return LOCATOR_FIELDS.map((field) => ({
    ...field,
    name: `parentLocator${index}.${field.name}`,
    title: `Parent locator ${index}: ${field.title}`,
  }));
}
