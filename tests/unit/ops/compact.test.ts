import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkImage,
  compactImage,
  createImage,
  estimateCompact,
  NodeFile,
  preflightCompact,
  readMetadata,
  snapshotImage,
  undoImage,
  writeGuest,
  type CompactInput,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { useTestFolder } from '../../support/temp';
import { buildVhd, type BlockKnobs, type VhdKnobs } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const STRIDE = 2 * MIB + 512;
const at = useTestFolder('compact');
const compact = (name: string, more: Partial<CompactInput> = {}) =>
  compactImage({ image: { path: at(name) }, history: { historyFolder: at('history') }, ...more });
const build = (name: string, blocks: readonly BlockKnobs[], more: Partial<VhdKnobs> = {}) => {
  const built = buildVhd({ type: 'dynamic', sizeBytes: 20 * MIB, blocks, ...more });
  built.writeTo(at(name));
  return built;
};
async function* page(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.alloc(4096, 1));
}
const writePage = (name: string, offset: number) =>
  writeGuest({ image: { path: at(name) }, offset, length: 4096, noUndo: true }, page());
/** What a deep check says of stretches that belong to nothing. */
async function unreferencedIn(file: string): Promise<readonly string[]> {
  const opened = await NodeFile.open(file, 'read');
  try {
    const { findings } = await checkImage(
      { file: opened, metadata: await readMetadata(opened) },
      { deep: true },
    );
    return findings.map(({ code }) => code).filter((code) => code.startsWith('unreferenced'));
  } finally {
    await opened.close();
  }
}
const WASTEFUL: readonly BlockKnobs[] = [
  { index: 7 },
  { index: 0, data: 0 },
  { index: 3, gapBytes: 64 * KIB },
  { index: 1, data: 5, bitmap: 'zeros' },
  { index: 2, data: Buffer.from([1]) },
  { index: 9, data: 0, gapBytes: 512 },
];

describe('in place', () => {
  it('drops blocks that show nothing, closes gaps and keeps what is shown', async () => {
    build('d.vhd', WASTEFUL, { gapBeforeFooterBytes: 4096 });
    const before = {
      bytes: fs.readFileSync(at('d.vhd')),
      shown: await shownBy(at('d.vhd')),
      stats: fs.statSync(at('d.vhd')),
    };
    const forecast = await estimateCompact({ image: { path: at('d.vhd') } });
    expect(forecast).toMatchObject({
      fileSizeBeforeBytes: before.bytes.length,
      fileSizeAfterBytes: 1536 + 512 + 3 * STRIDE + 512,
      blocksBefore: 6,
      blocksAfter: 3,
      byCause: {
        zeroBlocksBytes: 3 * STRIDE,
        gapsBytes: 64 * KIB + 512,
        surplusTableBytes: 0,
        trailingBytes: 4096,
      },
    });
    expect(fs.readFileSync(at('d.vhd')).equals(before.bytes)).toBe(true);
    const result = await compact('d.vhd');
    expect(result.fileSizeBytes).toBe(forecast.fileSizeAfterBytes);
    const after = fs.statSync(at('d.vhd'));
    expect([after.size, after.ino]).toEqual([forecast.fileSizeAfterBytes, before.stats.ino]);
    expect(Math.abs(after.mtimeMs - before.stats.mtimeMs)).toBeLessThan(2);
    expect((await shownBy(at('d.vhd'))).equals(before.shown)).toBe(true);
    await undoImage(at('d.vhd'), { historyFolder: at('history') });
    expect(fs.readFileSync(at('d.vhd')).equals(before.bytes)).toBe(true);
  });

  it('does nothing where there is nothing to gain', async () => {
    build('d.vhd', [{ index: 1 }, { index: 0 }]);
    const before = fs.statSync(at('d.vhd'), { bigint: true });
    const result = await compact('d.vhd');
    expect(result.journal).toBeNull();
    expect(fs.statSync(at('d.vhd'), { bigint: true }).mtimeNs).toBe(before.mtimeNs);
  });

  it('realigns to 4 KiB when asked, and keeps an alignment that is there', async () => {
    build('d.vhd', [{ index: 4 }, { index: 2 }, { index: 0 }, { index: 9, data: 0 }]);
    const shown = await shownBy(at('d.vhd'));
    expect((await estimateCompact({ image: { path: at('d.vhd') } })).unalignedBlocks).toBe(3);
    await compact('d.vhd', { realign: true });
    expect((await shownBy(at('d.vhd'))).equals(shown)).toBe(true);
    const forecast = await estimateCompact({ image: { path: at('d.vhd') } });
    expect(forecast).toMatchObject({ unalignedBlocks: 0, savedBytes: 0 });
  });

  it('finds nothing to gain in what Platter itself made and wrote, aligned or not', async () => {
    await createImage({ path: at('base.vhd'), type: 'dynamic', sizeBytes: 20 * MIB });
    for (const name of ['base.vhd', 'child.vhd']) {
      if (name === 'child.vhd') await snapshotImage({ parent: { path: at('base.vhd') }, path: at(name) });
      for (const offset of [3 * MIB, 15 * MIB]) {
        await writePage(name, offset);
        const forecast = await estimateCompact({ image: { path: at(name) } });
        expect(forecast, name).toMatchObject({ savedBytes: 0, byCause: { gapsBytes: 0, trailingBytes: 0 } });
      }
    }
    expect(fs.statSync(at('child.vhd')).size % 4096).toBe(0);
  });

  it('keeps the file of an aligned image at whole 4 KiB, by which the next block is aligned again', async () => {
    build(
      'd.vhd',
      [
        { index: 4, gapBytes: 4096 - 2560 },
        { index: 2, data: 0, gapBytes: 3584 },
        { index: 1, gapBytes: 3584 },
      ],
      { gapBeforeFooterBytes: 3584 },
    );
    const { size } = fs.statSync(at('d.vhd'));
    expect(size % 4096).toBe(0);
    const forecast = await estimateCompact({ image: { path: at('d.vhd') } });
    const saved = 2 * MIB + 4096;
    expect(forecast).toMatchObject({
      savedBytes: saved,
      fileSizeAfterBytes: size - saved,
      byCause: { trailingBytes: 0 },
    });
    await compact('d.vhd');
    await writePage('d.vhd', 0);
    expect(await estimateCompact({ image: { path: at('d.vhd') } })).toMatchObject({
      unalignedBlocks: 0,
      blocksBefore: 3,
    });
  });

  it('counts no locator as bytes after the end, wherever its path lies', async () => {
    build('d.vhd', [{ index: 0 }], {
      gapBeforeFooterBytes: 1024,
      locators: [{ platform: 'W2ru', data: '.\\p.vhd', offset: BigInt(2560 + STRIDE), space: 1024 }],
    });
    const forecast = await estimateCompact({ image: { path: at('d.vhd') } });
    expect(forecast).toMatchObject({ savedBytes: 0, byCause: { trailingBytes: 0, gapsBytes: 0 } });
  });

  it.each([64 * KIB, 512 * KIB, 8 * MIB])(
    'works on blocks of %i bytes with locators, batmap and surplus entries',
    async (blockSizeBytes) => {
      const blocks = [3, 0, 2, 1].map((index) => ({
        index,
        gapBytes: 1536,
        ...(index === 0 ? { data: 0 } : {}),
      }));
      build('d.vhd', blocks, {
        sizeBytes: 4 * blockSizeBytes - 512,
        blockSizeBytes,
        batmap: 'valid',
        extraEntries: 200,
        slackBytes: 8192,
      });
      const shown = await shownBy(at('d.vhd'));
      const result = await compact('d.vhd');
      expect(result.fileSizeBytes).toBeLessThan(result.fileSizeBeforeBytes ?? 0);
      expect((await shownBy(at('d.vhd'))).equals(shown)).toBe(true);
    },
  );

  it('refuses to drop blocks that the BAT has lost, unless they are given up', async () => {
    const built = build('d.vhd', [{ index: 0 }, { index: 1 }, { index: 2 }, { index: 9 }]);
    const bytes = Buffer.from(fs.readFileSync(at('d.vhd')));
    bytes.fill(0xff, built.batOffset, built.batOffset + 8);
    fs.writeFileSync(at('d.vhd'), bytes);
    const item = async (more: Partial<CompactInput>) =>
      (await preflightCompact({ image: { path: at('d.vhd') }, ...more })).items.find(
        ({ code }) => code === 'unclaimed',
      );
    expect(await item({})).toMatchObject({ level: 'blocked' });
    expect(await item({ dropUnclaimed: true })).toMatchObject({ level: 'warning' });
    expect(await item({ target: at('new.vhd') })).toMatchObject({ level: 'warning' });
    await expect(compact('d.vhd')).rejects.toMatchObject({
      code: 'unclaimed-data',
      message: expect.stringContaining('4 MiB + 1 KiB (4,195,328 bytes)') as string,
      hint: expect.stringContaining('--drop-unclaimed') as string,
    });
    expect(fs.readFileSync(at('d.vhd')).equals(bytes)).toBe(true);
    const copied = await compact('d.vhd', { target: at('new.vhd') });
    expect(copied.warnings.join()).toContain('rescue');
    const result = await compact('d.vhd', { dropUnclaimed: true });
    expect(result.fileSizeBytes).toBe(1536 + 512 + 2 * STRIDE + 512);
  });

  it('goes on where unclaimed stretches are padding, zeros or surplus entries', async () => {
    build(
      'd.vhd',
      [
        { index: 0, gapBytes: 3 * MIB },
        { index: 1, gapBytes: 3584 },
      ],
      { extraEntries: 700_000 },
    );
    expect((await compact('d.vhd')).fileSizeBytes).toBeLessThan(8 * MIB);
  });

  it('refuses to align blocks of less than 4 KiB, whose gaps would be larger than they are', async () => {
    build('d.vhd', [{ index: 0 }, { index: 2 }], { sizeBytes: 64 * KIB, blockSizeBytes: 2048 });
    await expect(compact('d.vhd', { realign: true })).rejects.toMatchObject({ code: 'unsupported' });
    expect((await estimateCompact({ image: { path: at('d.vhd') } })).unalignedBlocks).toBe(0);
  });

  it('aligning, leaves nothing of what was moved between the blocks, and can be put back', async () => {
    build('d.vhd', [{ index: 4 }, { index: 2 }, { index: 0, gapBytes: 1024 }, { index: 9, data: 0 }]);
    const before = fs.readFileSync(at('d.vhd'));
    await compact('d.vhd', { realign: true });
    expect(await unreferencedIn(at('d.vhd'))).toEqual([]);
    await undoImage(at('d.vhd'), { historyFolder: at('history') });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('cancelled, puts everything back', async () => {
    build('d.vhd', WASTEFUL);
    const before = fs.readFileSync(at('d.vhd'));
    const abort = new AbortController();
    const onProgress = ({ phase, doneBytes }: { phase: string; doneBytes: number }): void => {
      if (phase === 'verify' && doneBytes > 0) abort.abort();
    };
    const context = { signal: abort.signal, onProgress };
    await expect(compactImage({ image: { path: at('d.vhd') } }, context)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect(fs.readdirSync(at())).toEqual(['d.vhd']);
  });

  it.each([
    ['a fixed disk', { type: 'fixed' as const, sizeBytes: MIB }, 'type-mismatch'],
    ['a saved state', { footer: { savedState: 1 } }, 'saved-state'],
    ['overlapping blocks', { batOverrides: { 8: 5 } }, 'too-damaged'],
  ])('refuses %s', async (_, knobs, code) => {
    build('d.vhd', [], knobs);
    await expect(compact('d.vhd')).rejects.toMatchObject({ code });
  });
});

describe('a child', () => {
  it('keeps zeros that hide the parent, and drops what hides nothing', async () => {
    const base = buildVhd({ type: 'dynamic', sizeBytes: 10 * MIB, blocks: [{ index: 0 }, { index: 4 }] });
    base.writeTo(at('base.vhd'));
    const blocks: BlockKnobs[] = [
      { index: 0, data: 0, bitmap: [3, 4] },
      { index: 1, data: 0 },
      { index: 2, data: 9, bitmap: 'zeros' },
      { index: 3, data: Buffer.alloc(512, 8), bitmap: [0] },
    ];
    buildVhd({
      type: 'differencing',
      sizeBytes: 10 * MIB,
      blocks,
      header: { parentId: base.uniqueId, parentName: 'base.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
    }).writeTo(at('child.vhd'));
    const shown = await shownBy(at('child.vhd'));
    const result = await compact('child.vhd');
    expect((await shownBy(at('child.vhd'))).equals(shown)).toBe(true);
    expect((await estimateCompact({ image: { path: at('child.vhd') } })).blocksAfter).toBe(2);
    expect(result.fileSizeBytes).toBeLessThan(result.fileSizeBeforeBytes ?? 0);
  });
});

describe('into a new file', () => {
  it('leaves the image as it is and packs the tables, too', async () => {
    const built = build('d.vhd', WASTEFUL, { extraEntries: 1000, headerOffset: 4096, batOffset: 16_384 });
    const before = fs.readFileSync(at('d.vhd'));
    const shown = await shownBy(at('d.vhd'));
    const result = await compact('d.vhd', { target: at('new.vhd') });
    expect(result).toMatchObject({
      path: at('new.vhd'),
      fileSizeBytes: 1536 + 512 + 3 * STRIDE + 512,
      journal: null,
    });
    expect((await shownBy(at('new.vhd'))).equals(shown)).toBe(true);
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect(fs.readFileSync(at('new.vhd')).subarray(68, 84).toString('hex')).not.toBe(
      built.uniqueId.replaceAll('-', ''),
    );
  });

  it('keeps the parent of a child, and refuses a folder from which it could not be found', async () => {
    const content = patchyContent(6 * MIB, 1);
    const base = buildDynamicOf(content, 2 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(
      base,
      'base.vhd',
      patchyContent(6 * MIB, 2),
      (sector) => sector % 9 === 0,
      512 * KIB,
    ).writeTo(at('child.vhd'));
    await compact('child.vhd', { target: at('new.vhd') });
    expect((await shownBy(at('new.vhd'))).equals(await shownBy(at('child.vhd')))).toBe(true);
    fs.mkdirSync(at('far'));
    await expect(compact('child.vhd', { target: at('far/new.vhd') })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });
});
