import { CHILD, PARENT_ID, type RuleCase } from '../rule-case';

const W2RU = { platform: 'W2ru', data: '.\\parent.vhd' } as const;

export const LOCATOR_CASES: readonly RuleCase[] = [
  {
    code: 'locator-unknown-code',
    name: 'a code that nobody knows',
    image: { ...CHILD, locators: [W2RU, { platform: 'Beos', data: 'parent.vhd' }] },
    field: 'parentLocator1.platformCode',
  },
  {
    code: 'locator-duplicate',
    name: 'two relative locators',
    image: { ...CHILD, locators: [W2RU, W2RU] },
    field: 'parentLocator1.platformCode',
  },
  {
    code: 'locator-empty',
    name: 'a locator of no length',
    image: { ...CHILD, locators: [W2RU, { platform: 'W2ku', data: 'C:\\parent.vhd', length: 0 }] },
    field: 'parentLocator1.dataLength',
  },
  {
    code: 'locator-empty',
    name: 'a locator of no place',
    image: { ...CHILD, locators: [{ platform: 'W2ru', data: '.\\parent.vhd', offset: 0n }] },
    // the bytes at the start of the file are taken for its path
    also: ['locator-path-form', 'parent-name-differs'],
    field: 'parentLocator0.dataOffset',
  },
  {
    code: 'locator-empty',
    name: 'a locator of no room',
    image: { ...CHILD, locators: [{ platform: 'W2ru', data: '.\\parent.vhd', space: 0 }] },
    field: 'parentLocator0.dataSpace',
  },
  {
    code: 'locator-space',
    name: 'a room counted in sectors',
    image: { ...CHILD, locators: [{ ...W2RU, spaceUnit: 'sectors' }] },
    severity: 'note',
    field: 'parentLocator0.dataSpace',
  },
  {
    code: 'locator-space',
    name: 'a room that is neither sectors nor bytes',
    image: { ...CHILD, locators: [{ ...W2RU, space: 513 }] },
    severity: 'warning',
  },
  {
    code: 'locator-outside',
    name: 'a path behind the end of the file',
    image: { ...CHILD, locators: [W2RU, { platform: 'W2ku', data: 'C:\\parent.vhd', offset: 1n << 40n }] },
    field: 'parentLocator1.dataOffset',
  },
  {
    code: 'locator-overlaps',
    name: 'a path inside the header',
    image: {
      ...CHILD,
      locators: [W2RU, { platform: 'Mac ', data: new Uint8Array(20), length: 20, offset: 1100n }],
    },
    severity: 'error',
  },
  {
    code: 'locator-reserved',
    name: 'a number in the reserved bytes of an entry',
    image: { ...CHILD, patches: [{ offset: 512 + 576 + 15, bytes: Uint8Array.of(9) }] },
    field: 'parentLocator0.reserved',
    also: ['header-checksum'],
  },
  {
    code: 'locator-text',
    name: 'an odd number of bytes of UTF-16',
    image: { ...CHILD, locators: [{ ...W2RU, length: 25 }] },
    field: 'parentLocator0.dataLength',
  },
  {
    code: 'locator-path-form',
    name: 'a relative path where an absolute one belongs',
    image: { ...CHILD, locators: [W2RU, { platform: 'W2ku', data: '.\\parent.vhd' }] },
    severity: 'note',
  },
  {
    code: 'locator-remote',
    name: 'a parent on a server',
    image: { ...CHILD, locators: [W2RU, { platform: 'W2ku', data: '\\\\server\\share\\parent.vhd' }] },
    severity: 'note',
  },
  {
    code: 'locators-none',
    name: 'a child with a parent name only',
    image: { ...CHILD, locators: [] },
    severity: 'warning',
  },
  {
    code: 'parent-name-differs',
    name: 'one name in the header and another in the locator',
    image: { ...CHILD, header: { parentId: PARENT_ID, parentName: 'old.vhd' }, locators: [W2RU] },
    severity: 'note',
    field: 'parentUnicodeName',
  },
];
