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
  {
    code: 'unreferenced-space',
    name: 'three blocks behind one another that a BAT without entries does not name',
    image: { ...EMPTY, blocks: [0, 1, 2].map((index) => ({ index, data: 7, unreferenced: true })) },
    severity: 'error',
    cause: /Every entry of the BAT was cleared/,
  },
  {
    code: 'unreferenced-space',
    name: 'three aligned blocks that the BAT has lost, and two that it names',
    image: {
      ...EMPTY,
      sizeBytes: 16 * MIB,
      blocks: [0, 1, 2, 3, 4].map((index) => ({
        index,
        data: 7,
        gapBytes: index === 0 ? 4096 - 512 + 2048 : 3584,
        unreferenced: index > 1,
      })),
      gapBeforeFooterBytes: 3584,
    },
    severity: 'error',
    cause: /A part of the BAT was cleared/,
  },
  {
    code: 'unreferenced-space',
    name: 'as many blocks as an interrupted write can leave',
    image: { ...EMPTY, blocks: [0, 1].map((index) => ({ index, data: 7, unreferenced: true })) },
    severity: 'warning',
  },
  {
    code: 'unreferenced-space',
    name: 'fewer blocks without an entry than blocks with one',
    image: {
      ...EMPTY,
      sizeBytes: 16 * MIB,
      blocks: [0, 1, 2, 3, 4, 5].map((index) => ({ index, data: 7, unreferenced: index > 2 })),
    },
    severity: 'warning',
  },
  {
    code: 'unreferenced-space',
    name: 'other bytes than blocks, with room for many',
    image: {
      ...EMPTY,
      blockSizeBytes: 4096,
      gapBeforeFooterBytes: 64 * 4608,
      patches: [{ offset: 1536 + 8192, bytes: new Uint8Array(64 * 4608).map((_, at) => (at * 37) % 251) }],
    },
    also: ['block-size-unusual'],
    severity: 'warning',
  },
  {
    code: 'block-size-unusual',
    name: 'blocks of 512 bytes on 4 KiB: what lies between them is padding, no lost space',
    image: {
      type: 'dynamic',
      sizeBytes: 64 * 1024,
      blockSizeBytes: 512,
      blocks: Array.from({ length: 128 }, (_, index) => ({
        index,
        data: 1,
        gapBytes: index === 0 ? 1536 : 3072,
      })),
    },
    deep: true,
  },
  {
    code: 'unreferenced-space',
    name: 'a block of 512 bytes that was lost between others',
    image: {
      type: 'dynamic',
      sizeBytes: 64 * 1024,
      blockSizeBytes: 512,
      blocks: Array.from({ length: 8 }, (_, index) => ({ index, data: 1, unreferenced: index === 4 })),
    },
    also: ['block-size-unusual'],
    severity: 'warning',
    count: 1,
  },
];
