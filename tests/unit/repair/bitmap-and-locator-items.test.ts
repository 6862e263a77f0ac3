import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PlanOptions } from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { patternBlock, type LocatorKnobs } from '../../support/vhd-builder';
import { Bench, BLOCK, dynamicKnobs, item, repairAndUndo } from './repair-kit';

const folder = useTempFolders();

async function chosen(bench: Bench, code: string, option: string, more: PlanOptions = {}) {
  expect(item(await bench.plan(more), code).selected).toBe(false);
  const done = await repairAndUndo(bench, { ...more, choose: { ...more.choose, [code]: option } });
  expect(done.plan.remaining).not.toContain(code);
  return done;
}

describe('data under clear bits', () => {
  const knobs = () =>
    dynamicKnobs({ blocks: [{ index: 1, bitmap: [0, 1, 2, 64], data: patternBlock(1, BLOCK) }] });

  it('is kept by setting exactly the bits of sectors that hold something', async () => {
    const half = patternBlock(1, BLOCK);
    half.fill(0, 50 * 512);
    const bench = new Bench(
      folder(),
      dynamicKnobs({ blocks: [{ index: 1, bitmap: [0, 1, 2], data: half }] }),
    );
    const { repaired } = await chosen(bench, 'data-under-clear-bits', 'set-bits');
    const start = bench.built.bitmapOffsets.get(1) ?? 0;
    const bits = [...repaired.subarray(start, start + 16)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('');
    expect(bits).toBe('1'.repeat(50) + '0'.repeat(128 - 50));
  });

  it('or given up by zeroing exactly these sectors', async () => {
    const bench = new Bench(folder(), knobs());
    const before = bench.bytes();
    const { repaired } = await chosen(bench, 'data-under-clear-bits', 'zero-sectors');
    const data = bench.built.dataOffset(1);
    for (let sector = 0; sector < 128; sector += 1) {
      const now = repaired.subarray(data + sector * 512, data + (sector + 1) * 512);
      const was = before.subarray(data + sector * 512, data + (sector + 1) * 512);
      if ([0, 1, 2, 64].includes(sector)) expect(now.equals(was)).toBe(true);
      else expect(now.every((byte) => byte === 0)).toBe(true);
    }
  });
});

it('a block that a crash kept out of the BAT can be given a place', async () => {
  const bench = new Bench(
    folder(),
    dynamicKnobs({ blocks: [{ index: 0 }, { index: 3, unreferenced: true }] }),
  );
  const { plan, repaired } = await chosen(bench, 'unreferenced-data', 'block-3');
  expect(item(plan, 'unreferenced-data').options.map((one) => one.name)).toEqual([
    'block-1',
    'block-2',
    'block-3',
  ]);
  expect(repaired.readUInt32BE(1536 + 12) * 512).toBe(bench.built.bitmapOffsets.get(3));
});

describe('parent locators', () => {
  const child = (locators: readonly LocatorKnobs[], parentName = 'base.vhd') =>
    dynamicKnobs({
      type: 'differencing',
      header: { parentId: '11111111-2222-4333-8444-555555555555', parentName },
      locators,
    });
  const ENTRIES = 512 + 576;

  it('room counted in sectors is stored in bytes', async () => {
    const bench = new Bench(
      folder(),
      child([{ platform: 'W2ru', data: '.\\base.vhd', spaceUnit: 'sectors' }]),
    );
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'locator-space').selected).toBe(true);
    expect(repaired.readUInt32BE(ENTRIES + 4)).toBe(512);
    expect(plan.remaining).not.toContain('locator-space');
  });

  it('an entry that points to nothing, or nowhere, is emptied when chosen', async () => {
    const sound = { platform: 'W2ru', data: '.\\base.vhd' };
    const empty = new Bench(folder(), child([sound, { platform: 'W2ku', data: 'C:\\base.vhd', length: 0 }]));
    const first = await chosen(empty, 'locator-empty', 'clear');
    expect(first.repaired.subarray(ENTRIES + 24, ENTRIES + 48).every((byte) => byte === 0)).toBe(true);
    const outside = new Bench(
      folder(),
      child([sound, { platform: 'W2ku', data: 'C:\\base.vhd', offset: 1n << 40n }]),
    );
    await chosen(outside, 'locator-outside', 'clear');
    const unknown = new Bench(folder(), child([sound, { platform: 'Xyz ', data: 'x' }]));
    await chosen(unknown, 'locator-unknown-code', 'clear');
    const twice = new Bench(folder(), child([sound, { platform: 'W2ru', data: '.\\other.vhd' }]));
    await chosen(twice, 'locator-duplicate', 'clear');
  });

  it('the name in the header follows the locators where these agree', async () => {
    const bench = new Bench(
      folder(),
      child(
        [
          { platform: 'W2ru', data: '.\\base.vhd' },
          { platform: 'W2ku', data: 'C:\\disks\\base.vhd' },
        ],
        'old name.vhd',
      ),
    );
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'parent-name-differs').selected).toBe(true);
    expect(
      Buffer.from(repaired.subarray(512 + 64, 512 + 80))
        .swap16()
        .toString('utf16le'),
    ).toBe('base.vhd');
  });
});

describe('a size that readers take differently', () => {
  it('is offered to be settled, on a healthy image too', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        sizeBytes: 41 * 1024 * 1024,
        blockSizeBytes: 2 * 1024 * 1024,
        blocks: [],
        footer: { creator: 'vbox' },
      }),
    );
    const shown = await bench.plan();
    expect(shown.currentVerdict).not.toBe('errors');
    expect(item(shown, 'size-by-creator')).toMatchObject({ selected: false, risk: 'low' });
    const { plan, repaired } = await repairAndUndo(bench, { choose: { 'size-by-creator': 'creator-win' } });
    expect(repaired.subarray(28, 32).toString('latin1')).toBe('win ');
    expect(plan.plan.filter((one) => one.selected)).toHaveLength(1);
  });
});

describe('fixed disks', () => {
  for (const [name, knobs, code, option, length] of [
    [
      'longer than their size: the footer moves',
      { dataAreaBytes: 300_000 },
      'fixed-too-long',
      'move-footer',
      262_144 + 512,
    ],
    [
      'longer than their size: the disk grows',
      { dataAreaBytes: 300_032 },
      'fixed-too-long',
      'grow-disk',
      300_032 + 512,
    ],
    ['shorter than their size: padded', { dataAreaBytes: 200_192 }, 'fixed-too-short', 'pad', 262_144 + 512],
    [
      'shorter than their size: the disk shrinks',
      { dataAreaBytes: 200_192 },
      'fixed-too-short',
      'shrink',
      200_192 + 512,
    ],
  ] as const) {
    it(name, async () => {
      const bench = new Bench(folder(), {
        type: 'fixed',
        sizeBytes: 262_144,
        data: new Uint8Array(300_000).fill(9),
        ...knobs,
      });
      const { plan, repaired } = await chosen(bench, code, option);
      expect(repaired.length).toBe(length);
      expect(plan.predictedVerdict).not.toBe('errors');
      expect(repaired.readBigUInt64BE(length - 512 + 48)).toBe(BigInt(length - 512));
    });
  }

  it('a terabyte that is missing is padded without writing it', async () => {
    const bench = new Bench(folder(), {
      type: 'fixed',
      sizeBytes: 2 ** 40,
      dataAreaBytes: 65_536,
      data: new Uint8Array(65_536).fill(9),
    });
    const damaged = bench.bytes();
    await bench.apply({ choose: { 'fixed-too-short': 'pad' } });
    const { size, blocks } = fs.statSync(bench.path);
    expect(size).toBe(2 ** 40 + 512);
    expect(blocks * 512).toBeLessThan(1024 * 1024);
    expect(await bench.verdict()).not.toBe('errors');
    await bench.undo();
    expect(bench.bytes().equals(damaged)).toBe(true);
  });

  it('a size that is no whole number of sectors is rounded when chosen', async () => {
    const bench = new Bench(folder(), {
      type: 'fixed',
      sizeBytes: 100_000,
      data: new Uint8Array(100_000).fill(9),
    });
    const up = await chosen(bench, 'size-not-sectors', 'round-up');
    expect(up.repaired.length).toBe(100_352 + 512);
    expect(up.repaired[99_999]).toBe(9);
    expect(up.repaired[100_000]).toBe(0);
    const down = await chosen(bench, 'size-not-sectors', 'round-down');
    expect(down.repaired.length).toBe(99_840 + 512);
  });
});
