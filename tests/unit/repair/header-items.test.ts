import { describe, expect, it } from 'vitest';
import path from 'node:path';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { Bench, BLOCK, dynamicKnobs, item, repairAndUndo } from './repair-kit';

const folder = useTempFolders();
const HEADER = 512;

describe('a damaged dynamic disk header is restored with certainty where its checksum proves it', () => {
  const cases: readonly [string, number, readonly number[]][] = [
    ['cookie', 3, [0x20]],
    ['data offset', 12, [0, 0, 0, 9]],
    ['table offset', 22, [0x77, 0x77]],
    ['table offset beyond any file', 16, [0x7f]],
    ['version', 24, [0, 2]],
    ['max table entries', 28, [0, 0, 1, 0]],
    ['max table entries, too few', 31, [1]],
    ['block size', 32, [0, 0x20, 0, 0]],
    ['block size, illegal', 32, [0, 0, 0, 7]],
    ['reserved bytes', 800, [1, 2, 3]],
    ['parent id of a disk without parent', 40, [1, 2, 3]],
    ['two fields', 8, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]],
  ];
  for (const [name, offset, bytes] of cases) {
    it(name, async () => {
      const bench = new Bench(folder(), dynamicKnobs());
      const intact = bench.bytes();
      bench.write(HEADER + offset, bytes);
      const { plan, repaired } = await repairAndUndo(bench);
      expect(plan.predictedVerdict).toBe('clean');
      expect(repaired.equals(intact)).toBe(true);
    });
  }

  it('a checksum that alone is wrong', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const intact = bench.bytes();
    bench.write(HEADER + 36, [1, 2, 3, 4]);
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'header-checksum').selected).toBe(true);
    expect(repaired.equals(intact)).toBe(true);
  });
});

describe('what nothing proves is left to the person', () => {
  it('a header that is gone is built anew from footer and BAT only when chosen', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const intact = bench.bytes();
    bench.write(HEADER, new Uint8Array(1024));
    const shown = await bench.plan();
    const code =
      shown.plan.find((one) => one.options.some((option) => option.name === 'rebuild'))?.code ?? '';
    expect(item(shown, code)).toMatchObject({ selected: false, risk: 'data' });
    expect(item(shown, code).assumptions.join(' ')).toMatch(/block size/i);
    const { plan, repaired } = await repairAndUndo(bench, { choose: { [code]: 'rebuild' } });
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.equals(intact)).toBe(true);
  });

  it('a header that is wiped is one item, chosen by either of its codes', async () => {
    for (const code of ['header-cookie', 'header-checksum']) {
      const bench = new Bench(folder(), dynamicKnobs());
      bench.write(512, new Uint8Array(1024));
      const shown = await bench.plan();
      expect(shown.plan.map((one) => one.code)).toEqual(['header-cookie']);
      expect(shown.plan[0]).toMatchObject({ alsoAnswers: ['header-checksum'], selected: false });
      const { plan } = await repairAndUndo(bench, { choose: { [code]: 'rebuild' } });
      expect(plan.plan[0]).toMatchObject({ code: 'header-cookie', selected: true, chosen: 'rebuild' });
      expect(plan.predictedVerdict).not.toBe('errors');
    }
  });

  it('a header whose field and checksum are both wrong', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const intact = bench.bytes();
    bench.write(HEADER + 32, [0, 0, 0, 7, 9, 9, 9, 9]);
    expect(item(await bench.plan(), 'header-checksum').selected).toBe(false);
    const { repaired } = await repairAndUndo(bench, { choose: { 'header-checksum': 'rebuild' } });
    expect(repaired.equals(intact)).toBe(true);
  });

  it('a dynamic disk that names a parent', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({ header: { parentId: '11111111-2222-4333-8444-555555555555', parentName: 'base.vhd' } }),
    );
    expect(item(await bench.plan(), 'dynamic-with-parent').selected).toBe(false);
    const { plan, repaired } = await repairAndUndo(bench, {
      choose: { 'dynamic-with-parent': 'clear-parent' },
    });
    expect(plan.remaining).not.toContain('dynamic-with-parent');
    expect(repaired.subarray(HEADER + 40, HEADER + 56).every((byte) => byte === 0)).toBe(true);
    const other = await repairAndUndo(bench, { choose: { 'dynamic-with-parent': 'make-differencing' } });
    expect(other.repaired[63]).toBe(4);
    expect(other.repaired[other.repaired.length - 512 + 63]).toBe(4);
  });

  for (const [code, header] of [
    ['header-data-offset', { dataOffset: 4096n }],
    ['header-version', { version: 0x20000 }],
  ] as const) {
    it(code, async () => {
      const bench = new Bench(folder(), dynamicKnobs({ header }));
      expect(item(await bench.plan(), code).selected).toBe(false);
      const { plan } = await repairAndUndo(bench, { choose: { [code]: 'apply' } });
      expect(plan.remaining).not.toContain(code);
    });
  }
});

it('the 32-bit "unused" of old QEMU is written out on its own', async () => {
  const bench = new Bench(folder(), dynamicKnobs({ header: { dataOffset: 0xffff_ffffn } }));
  const { plan, repaired } = await repairAndUndo(bench);
  expect(item(plan, 'header-data-offset-32-bit')).toMatchObject({ selected: true, risk: 'none' });
  expect(repaired.readBigUInt64BE(HEADER + 8)).toBe(0xffff_ffff_ffff_ffffn);
  expect(plan.predictedVerdict).toBe('clean');
});

it('an image with both footers and the header checksum damaged is mended step by step', async () => {
  const bench = new Bench(folder(), dynamicKnobs({ sizeBytes: 8 * BLOCK }));
  const intact = bench.bytes();
  bench
    .write(66, [1])
    .write(bench.built.footerOffset, new Uint8Array(512))
    .write(HEADER + 37, [1]);
  const { plan, repaired } = await repairAndUndo(bench, { choose: { 'footer-copy-checksum': 'recompute' } });
  expect(plan.predictedVerdict).toBe('clean');
  expect(repaired.equals(intact)).toBe(true);
});

describe('the parent id of a child whose header fails its checksum', () => {
  function childBench() {
    const into = folder();
    const base = buildVhd(dynamicKnobs());
    base.writeTo(path.join(into, 'base.vhd'));
    const bench = new Bench(
      into,
      dynamicKnobs({
        type: 'differencing',
        header: { parentId: base.uniqueId, parentName: 'base.vhd' },
        locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
      }),
    );
    return { bench, intact: bench.bytes() };
  }

  it('is taken from the parent where the stored checksum proves it', async () => {
    const { bench, intact } = childBench();
    bench.write(HEADER + 42, [(intact[HEADER + 42] ?? 0) ^ 0x5a]);
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'header-checksum').selected).toBe(true);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('is left to the person where the checksum is damaged, too', async () => {
    const { bench, intact } = childBench();
    bench.write(HEADER + 36, [1, 2, 3, 4]);
    const alone = item(await bench.plan(), 'header-checksum');
    expect(alone).toMatchObject({ selected: true, risk: 'none' });
    bench.write(HEADER + 42, [(intact[HEADER + 42] ?? 0) ^ 0x5a]);
    const shown = item(await bench.plan(), 'header-checksum');
    expect(shown).toMatchObject({ selected: false, risk: 'data' });
    expect(shown.detail).toContain('base.vhd');
    const { repaired } = await repairAndUndo(bench, { choose: { 'header-checksum': 'take-parent' } });
    expect(repaired.equals(intact)).toBe(true);
  });
});
