import { CHILD, DYNAMIC, EMPTY, MIB, type RuleCase } from '../rule-case';

const FIRST_BLOCK = 1536 + 512;
const firstSectorOnly = new Uint8Array(2 * MIB).fill(7, 0, 512);
const secondSectorToo = new Uint8Array(2 * MIB).fill(7, 0, 1024);

export const BLOCK_CASES: readonly RuleCase[] = [
  {
    code: 'data-under-clear-bits',
    name: 'a sector with data whose bit is clear',
    image: { ...EMPTY, blocks: [{ index: 1, data: secondSectorToo, bitmap: [0] }] },
    deep: true,
    count: 1,
    severity: 'error',
    repair: 'choice',
  },
  {
    code: 'block-data-lost',
    name: 'a block cut off in the middle of written sectors',
    image: {
      ...EMPTY,
      blocks: [{ index: 0, data: 1 }],
      footerForm: 'absent',
      truncateTo: FIRST_BLOCK + 512 + MIB,
    },
    deep: true,
    also: ['footer-missing', 'block-cut-off'],
    count: 2048,
  },
  {
    code: 'blocks-zero',
    name: 'a block of zeros with all bits set',
    image: { ...EMPTY, blocks: [{ index: 2, data: 0 }] },
    deep: true,
    severity: 'note',
    count: 1,
  },
  {
    code: 'blocks-zero',
    name: 'a block of zeros in a child, which hides the parent',
    image: { ...CHILD, blocks: [{ index: 0, data: 0 }] },
    deep: true,
    severity: 'note',
  },
  {
    code: 'blocks-never-written',
    name: 'an allocated block without a bit set',
    image: { ...EMPTY, blocks: [{ index: 3, data: 0, bitmap: 'zeros' }] },
    deep: true,
    severity: 'note',
  },
  {
    code: 'bitmap-bits-beyond-end',
    name: 'bits for sectors behind the end of the disk',
    image: { ...EMPTY, sizeBytes: 7 * MIB, blocks: [{ index: 3, data: 1 }] },
    deep: true,
    severity: 'note',
    count: 2048,
  },
  {
    code: 'batmap-full-blocks',
    name: 'a batmap that calls a block whole whose bitmap has clear bits',
    image: {
      ...EMPTY,
      batmap: 'valid',
      footer: { creator: 'tap\0', creatorVersion: 0x10003 },
      blocks: [{ index: 0, data: firstSectorOnly }],
      // the batmap was made from full bits; now the last bit is cleared
      patches: [{ offset: 1536 + 512 + 512 + 512 + 511, bytes: Uint8Array.of(0xfe) }],
    },
    deep: true,
    severity: 'warning',
  },
  {
    code: 'unreferenced-data',
    name: 'an orphan block between two that are referenced',
    image: {
      ...EMPTY,
      blocks: [
        { index: 0, data: 1 },
        { index: 1, data: 2, unreferenced: true },
        { index: 2, data: 3 },
      ],
    },
    deep: true,
    also: ['unreferenced-space'],
    severity: 'warning',
    count: 1,
  },
  {
    code: 'unreferenced-data',
    name: 'a few bytes in front of the first block',
    image: { ...DYNAMIC, slackBytes: 1024, patches: [{ offset: 1536 + 512, bytes: Uint8Array.of(1, 2, 3) }] },
    deep: true,
    severity: 'note',
  },
  {
    code: 'unreferenced-space',
    name: 'room for a block in front of the footer',
    image: { ...DYNAMIC, gapBeforeFooterBytes: 3 * MIB },
    severity: 'note',
  },
];
