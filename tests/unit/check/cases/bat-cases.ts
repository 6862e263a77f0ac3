import { DYNAMIC, EMPTY, MIB, type RuleCase } from '../rule-case';

const STRIDE = 512 + 2 * MIB;
const FIRST_BLOCK = 1536 + 512;

export const BAT_CASES: readonly RuleCase[] = [
  {
    code: 'bat-outside',
    name: 'a table offset behind the end of the file',
    image: { ...EMPTY, header: { tableOffset: 1n << 30n } },
    field: 'tableOffset',
  },
  {
    code: 'bat-outside',
    name: 'a table offset into the header',
    image: { ...EMPTY, header: { tableOffset: 1024n } },
    field: 'tableOffset',
    also: ['bat-entry-in-metadata'],
  },
  {
    code: 'bat-truncated',
    name: 'a table that runs into the footer, as go-vhd leaves it',
    // 1500 entries are counted, 640 are there
    image: {
      type: 'dynamic',
      sizeBytes: 3000 * MIB,
      extraEntries: -860,
      header: { maxTableEntries: 1500 },
      footer: { creator: 'go-v' },
    },
    repair: 'automatic',
    cause: /go-vhd/,
  },
  {
    code: 'bat-unaligned',
    name: 'a table 4 bytes into a sector',
    image: { ...EMPTY, batOffset: 1540, slackBytes: 508 },
    severity: 'warning',
  },
  {
    code: 'table-too-small',
    name: 'one entry too few, as go-vhd writes it',
    image: { type: 'dynamic', sizeBytes: 9 * MIB, extraEntries: -1 },
    severity: 'warning',
    cause: /go-vhd/,
    repair: 'automatic',
  },
  {
    code: 'table-too-small',
    name: 'a count that lost its last entries, with a block there',
    image: { ...DYNAMIC, header: { maxTableEntries: 2 } },
    also: ['bat-padding', 'unreferenced-space'],
    severity: 'error',
  },
  {
    code: 'table-surplus-entries',
    name: 'one entry too many, as old QEMU writes it',
    image: { ...DYNAMIC, extraEntries: 1 },
    severity: 'note',
    cause: /one entry too many/,
    repair: 'automatic',
  },
  {
    code: 'table-surplus-entries',
    name: 'room to grow in front of the batmap of Xen',
    image: {
      ...DYNAMIC,
      extraEntries: 4,
      batmap: 'valid',
      footer: { creator: 'tap\0', creatorVersion: 0x10003, hostOs: '\0\0\0\0' },
    },
    severity: 'note',
    repair: 'none',
  },
  {
    code: 'table-over-blocks',
    name: 'a count of a million over the first block',
    image: { ...DYNAMIC, header: { maxTableEntries: 1_000_000 } },
    field: 'maxTableEntries',
  },
  {
    code: 'bat-entry-outside',
    name: 'an entry far behind the end of the file',
    image: { ...DYNAMIC, batOverrides: { 3: 0x7fff_ffff } },
    severity: 'error',
    field: 'entry3',
  },
  {
    code: 'block-cut-off',
    name: 'a last block without its tail',
    image: {
      ...EMPTY,
      blocks: [{ index: 0, data: 1 }],
      footerForm: 'absent',
      truncateTo: FIRST_BLOCK + STRIDE - 4096,
    },
    also: ['footer-missing'],
  },
  {
    code: 'block-over-footer',
    name: 'a last block one sector short, with the footer in its place',
    image: { ...EMPTY, blocks: [{ index: 0, data: 1, storedBytes: 2 * MIB - 512 }] },
    severity: 'error',
  },
  {
    code: 'bat-entry-in-metadata',
    name: 'an entry of zero',
    image: { ...DYNAMIC, batOverrides: { 1: 0 } },
    cause: /overwritten with zeros/,
    field: 'entry1',
  },
  {
    code: 'blocks-overlap',
    name: 'two entries with the same sector',
    image: { ...DYNAMIC, batOverrides: { 1: FIRST_BLOCK / 512 } },
    count: 2,
    severity: 'error',
  },
  {
    code: 'blocks-overlap',
    name: 'the stride of DOSBox-X',
    image: {
      ...EMPTY,
      blocks: [0, 1, 2].map((index) => ({ index, data: 1, unreferenced: true })),
      batOverrides: { 0: FIRST_BLOCK / 512, 1: FIRST_BLOCK / 512 + 4096, 2: FIRST_BLOCK / 512 + 8192 },
    },
    count: 3,
    cause: /DOSBox-X/,
  },
  {
    code: 'bat-entries-beyond-disk',
    name: 'a block beyond the last one of the disk',
    image: { ...EMPTY, extraEntries: 2, blocks: [{ index: 5, data: 1 }] },
    also: ['table-surplus-entries', 'unreferenced-space'],
    severity: 'warning',
  },
  {
    code: 'bat-padding',
    name: 'other bytes behind the last entry',
    image: { ...EMPTY, batPadByte: 0x33 },
    severity: 'note',
  },
  {
    code: 'alignment-broken',
    name: 'four blocks on 4 KiB and one that is not',
    image: {
      ...EMPTY,
      sizeBytes: 16 * MIB,
      blocks: [
        { index: 0, data: 1, gapBytes: 4096 - 512 - FIRST_BLOCK },
        ...[1, 2, 3].map((index) => ({ index, data: 1, gapBytes: 3584 })),
        { index: 4, data: 1 },
      ],
    },
    severity: 'note',
  },
  {
    code: 'batmap-invalid',
    name: 'a batmap with a wrong checksum',
    image: { ...DYNAMIC, batmap: 'invalid', footer: { creator: 'tap\0', creatorVersion: 0x10003 } },
    field: 'batmapChecksum',
  },
  {
    code: 'batmap-missing',
    name: 'an image that names Xen without a batmap',
    image: { ...DYNAMIC, footer: { creator: 'tap\0', creatorVersion: 0x10003 } },
    severity: 'warning',
  },
];
