/**
 * What the check predicts of QEMU and 7-Zip must be what they do, on every image that a rule was made for: damaged in
 * one way each, next to its parent where it has one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { checkImage } from '../../src-main/engine/check';
import type { ReaderVerdict } from '../../src-shared/model/check-report';
import { describeOracle, runOracle } from '../support/oracle';
import { useTempFolders } from '../support/temp';
import { buildVhd, patternBlock, type VhdKnobs } from '../support/vhd-builder';
import { BAT_CASES } from '../unit/check/cases/bat-cases';
import { BLOCK_CASES } from '../unit/check/cases/block-cases';
import { FOOTER_CASES } from '../unit/check/cases/footer-cases';
import { HEADER_CASES } from '../unit/check/cases/header-cases';
import { LOCATOR_CASES } from '../unit/check/cases/locator-cases';
import { SIZE_CASES } from '../unit/check/cases/size-cases';
import { CHILD, DYNAMIC, FIXED, MIB, PARENT_ID } from '../unit/check/rule-case';

const LARGEST_READ_BYTES = 64 * MIB;
const PARENT: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: 8 * MIB,
  footer: { uniqueId: PARENT_ID },
  blocks: [
    { index: 0, data: 9 },
    { index: 1, data: 8 },
  ],
};

/** Fits into the first half of a fixed disk, its own footer with it. */
const SMALL_INNER: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: MIB,
  blockSizeBytes: 65536,
  blocks: [{ index: 1, data: 6 }],
};

const IMAGES: readonly (readonly [string, VhdKnobs])[] = [
  ['a healthy fixed disk', FIXED],
  ['a healthy dynamic disk', DYNAMIC],
  ['a healthy child', CHILD],
  ['a dynamic VHD taken for raw content', { ...FIXED, data: buildVhd(SMALL_INNER).bytes() }],
  ...['vpc ', 'vbox', 'd2v\0', 'wa\0\0', 'qemu', 'qem2', 'tap\0', 'CTXS', 'xo  '].map(
    (creator) =>
      [
        `a disk of the creator ${JSON.stringify(creator)}`,
        { ...DYNAMIC, footer: { creator, creatorVersion: 1 << 16 } },
      ] as const,
  ),
  ...[512, 1024, 2048, 4096, 8192].flatMap((blockSizeBytes): (readonly [string, VhdKnobs])[] => [
    [
      `blocks of ${blockSizeBytes} bytes`,
      { type: 'dynamic', sizeBytes: 4 * MIB, blockSizeBytes, blocks: [{ index: 2 }, { index: 0 }] },
    ],
    [
      `blocks of ${blockSizeBytes} bytes, none there`,
      { type: 'dynamic', sizeBytes: 4 * MIB, blockSizeBytes },
    ],
  ]),
  ...[FOOTER_CASES, SIZE_CASES, HEADER_CASES, BAT_CASES, BLOCK_CASES, LOCATOR_CASES]
    .flat()
    .map(({ code, name, image }) => [`${code}: ${name}`, image] as const),
];

/** Where 7-Zip opens the image as we say, but comes to the damage before it gives out a single byte. */
const STOPS_AT_ONCE: readonly string[] = ['bat-outside: a table offset into the header'];

/** Content as the guest wrote it: what a reader that reads the image right must show. */
function guestContent(image: VhdKnobs, below?: Buffer): Buffer {
  const sizeBytes = Number(image.footer?.currentSize ?? image.sizeBytes);
  if (sizeBytes > LARGEST_READ_BYTES) return Buffer.alloc(0);
  const content = below ?? (image.type === 'differencing' ? guestContent(PARENT) : Buffer.alloc(sizeBytes));
  if (image.type === 'fixed') content.set((image.data ?? new Uint8Array(0)).subarray(0, sizeBytes));
  const blockBytes = image.blockSizeBytes ?? 2 * MIB;
  const blocks = image.blocks ?? [];
  const lost = blocks.filter(({ unreferenced }) => unreferenced === true).length;
  // a block that a crash kept out of the BAT was never there for the guest; those of a lost BAT were
  const isTableLost = lost > 2 && lost * 2 > blocks.length;
  for (const block of blocks) {
    if ((block.unreferenced && !isTableLost) || image.batOverrides?.[block.index] !== undefined) continue;
    const data =
      typeof block.data === 'number'
        ? new Uint8Array(blockBytes).fill(block.data)
        : (block.data ?? patternBlock(block.index, blockBytes));
    const { bitmap } = block;
    for (let sector = 0; sector < blockBytes / 512; sector += 1) {
      const isSet =
        bitmap === undefined || bitmap === 'ones' || (Array.isArray(bitmap) && bitmap.includes(sector));
      const offset = block.index * blockBytes + sector * 512;
      if (isSet && offset < sizeBytes)
        content.set(data.subarray(sector * 512, sector * 512 + Math.min(512, sizeBytes - offset)), offset);
    }
  }
  return content;
}

describeOracle(['qemu-img', '7z'], 'predictions about readers, on crafted images', () => {
  const folders = useTempFolders('all');
  let folder = '';
  beforeAll(() => {
    folder = folders('readers');
    buildVhd(PARENT).writeTo(path.join(folder, 'parent.vhd'));
  });

  it.each(IMAGES)('are right: %s', async (name, image) => {
    const file = buildVhd(image).writeTo(path.join(folder, 'image.vhd'));
    const { readers } = await checkImage(file, { deep: true });
    const content = guestContent(image);
    const isLarge = Number(image.sizeBytes) > LARGEST_READ_BYTES;
    expect(verdictOfQemu(file, folder, content, isLarge), readers['qemu-up-to-9'].why).toBe(
      isLarge ? withoutContent(readers['qemu-up-to-9'].verdict) : readers['qemu-up-to-9'].verdict,
    );
    if (isLarge) return;
    const seen = verdictOfSevenZip(file, content);
    const expected = STOPS_AT_ONCE.includes(name) ? 'refuses' : readers['7-zip'].verdict;
    expect(seen, readers['7-zip'].why).toBe(expected);
  });
});

/** Children of 8 MiB and more over a base of 7 or 8 MiB, in megabytes, with the blocks that they hold themselves. */
const TAIL = Array.from({ length: 2048 }, (_, sector) => 2048 + sector);
const MIDDLE_ID = '22222222-3333-4444-8555-666666666666';
const CHAINS: readonly (readonly [string, readonly number[], readonly VhdKnobs['blocks'][]])[] = [
  ['a child as large as its parent', [8, 8], [[]]],
  ['a smaller child', [8, 6], [[]]],
  ['a larger child that holds nothing', [8, 10], [[]]],
  ['a larger child that holds nothing of its tail', [8, 10], [[{ index: 0 }]]],
  ['a larger child that holds its whole tail', [8, 10], [[{ index: 4 }]]],
  ['a larger child that holds a part of its tail', [8, 12], [[{ index: 4 }]]],
  ['a tail in the middle of a block, held exactly', [7, 8], [[{ index: 3, bitmap: TAIL }]]],
  [
    'a tail in the middle of a block, but for its first sector',
    [7, 8],
    [[{ index: 3, bitmap: TAIL.slice(1) }]],
  ],
  ['a tail in the middle of a block, none of it held', [7, 8], [[]]],
  ['a grandchild over a short base', [8, 10, 10], [[], []]],
  ['a grandchild over a short base, the tail held in between', [8, 10, 10], [[{ index: 4 }], []]],
  ['a grandchild over a short child of a long base', [10, 8, 10], [[], []]],
  ['a grandchild that is as short as the base', [8, 10, 8], [[], []]],
];

/** Writes the chain and returns its last image and what the guest sees: nothing behind the end of a parent but zeros. */
function writeChain(
  folder: string,
  sizes: readonly number[],
  blocks: readonly VhdKnobs['blocks'][],
): [string, Buffer] {
  const ids = [PARENT_ID, MIDDLE_ID];
  const [baseMib = 0, ...children] = sizes;
  const base: VhdKnobs = { ...PARENT, sizeBytes: baseMib * MIB };
  buildVhd(base).writeTo(path.join(folder, '0.vhd'));
  let content = guestContent(base);
  let file = '';
  for (const [at, mib] of children.entries()) {
    const image: VhdKnobs = {
      type: 'differencing',
      sizeBytes: mib * MIB,
      header: { parentId: ids[at] ?? '', parentName: `${at}.vhd` },
      locators: [{ platform: 'W2ru', data: `.\\${at}.vhd` }],
      footer: { uniqueId: ids[at + 1] ?? '33333333-4444-4555-8666-777777777777' },
      blocks: blocks[at] ?? [],
    };
    file = buildVhd(image).writeTo(path.join(folder, `${at + 1}.vhd`));
    const below = Buffer.alloc(mib * MIB);
    content.copy(below, 0, 0, Math.min(content.length, below.length));
    content = guestContent(image, below);
  }
  return [file, content];
}

describeOracle(['7z'], 'predictions about 7-Zip, on children of another size than their parent', () => {
  const folders = useTempFolders();

  it.each(CHAINS)('are right: %s', async (_name, sizes, blocks) => {
    const [file, content] = writeChain(folders('chain'), sizes, blocks);
    for (const options of [{}, { chain: true, deep: true }]) {
      const { readers } = await checkImage(file, options);
      expect(verdictOfSevenZip(file, content), readers['7-zip'].why).toBe(readers['7-zip'].verdict);
    }
  });
});

/** Of a disk too large to read here, only whether it opens is compared. */
const withoutContent = (verdict: ReaderVerdict['verdict']): string =>
  verdict === 'refuses' ? 'refuses' : 'opens';

function verdictOfQemu(file: string, folder: string, content: Buffer, isLarge: boolean): string {
  if (isLarge) return runOracle('qemu-img', ['info', '-f', 'vpc', file]).status === 0 ? 'opens' : 'refuses';
  const raw = path.join(folder, 'out.raw');
  fs.rmSync(raw, { force: true });
  if (runOracle('qemu-img', ['convert', '-f', 'vpc', '-O', 'raw', file, raw]).status !== 0) return 'refuses';
  return fs.readFileSync(raw).equals(content) ? 'reads' : 'misreads';
}

function verdictOfSevenZip(file: string, content: Buffer): string {
  const run = runOracle('7z', ['x', '-tVHD', '-so', file]);
  if (run.status !== 0 && run.stdout.length === 0) return 'refuses';
  return run.stdout.equals(content) && !/Data Error/.test(run.stderr) ? 'reads' : 'misreads';
}
