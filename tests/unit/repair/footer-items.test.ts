import { describe, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { Bench, dynamicKnobs, fixedKnobs, item, repairAndUndo } from './repair-kit';

const folder = useTempFolders();

describe('a damaged footer or copy is restored to the very bytes that were there', () => {
  const cases: readonly [string, string, (bench: Bench) => void][] = [
    ['footer checksum', 'footer-checksum', (b) => b.write(b.built.footerOffset + 64, [1, 2, 3, 4])],
    ['footer checksum of zero', 'footer-checksum', (b) => b.write(b.built.footerOffset + 64, [0, 0, 0, 0])],
    ['footer field', 'footer-checksum', (b) => b.write(b.built.footerOffset + 55, [9])],
    ['footer cookie', 'footer-cookie', (b) => b.write(b.built.footerOffset, [0x58])],
    ['copy checksum', 'footer-copy-checksum', (b) => b.write(64, [1, 2, 3, 4])],
    ['copy cookie', 'footer-copy-cookie', (b) => b.write(3, [0])],
    ['copy wiped', 'footer-copy-missing', (b) => b.write(0, new Uint8Array(512))],
    ['footer wiped', 'footer-missing', (b) => b.write(b.built.footerOffset, new Uint8Array(512))],
    ['footer cut off', 'footer-missing', (b) => b.truncate(b.built.footerOffset)],
    ['footer cut in half', 'footer-missing', (b) => b.truncate(b.built.footerOffset + 200)],
    ['bytes appended', 'bytes-after-footer', (b) => b.append(new Uint8Array([1]))],
    ['sectors appended', 'bytes-after-footer', (b) => b.append(new Uint8Array(1024).fill(3))],
  ];
  for (const [name, code, damage] of cases) {
    it(name, async () => {
      const bench = new Bench(folder(), dynamicKnobs());
      const intact = bench.bytes();
      expect(await bench.codes()).toEqual(['block-size-unusual']);
      damage(bench);
      const { plan, repaired } = await repairAndUndo(bench);
      expect(item(plan, code).selected).toBe(true);
      expect(plan.predictedVerdict).toBe('clean');
      expect(repaired.equals(intact)).toBe(true);
    });
  }

  it('a footer that calls a dynamic disk fixed, once chosen; until then nothing is judged by that type', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const intact = bench.bytes();
    const asFixed = Buffer.from(intact.subarray(0, 512));
    asFixed.writeUInt32BE(2, 60);
    asFixed.writeUInt32BE(0, 64);
    asFixed.writeUInt32BE(~asFixed.reduce((sum, byte) => sum + byte, 0) >>> 0, 64);
    bench.write(bench.built.footerOffset, asFixed);
    const shown = await bench.plan();
    expect(item(shown, 'disk-type-contradicted')).toMatchObject({ selected: false, risk: 'data' });
    expect(shown.plan.filter((one) => one.selected)).toEqual([]);
    const { plan, repaired } = await repairAndUndo(bench, {
      choose: { 'disk-type-contradicted': 'from-copy' },
    });
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.equals(intact)).toBe(true);
  });

  it('a fixed disk whose checksum alone is wrong', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const intact = bench.bytes();
    bench.write(bench.built.footerOffset + 64, [1, 2, 3, 4]);
    const { plan, repaired } = await repairAndUndo(bench);
    expect(plan.plan.map((one) => one.code)).toEqual(['footer-checksum']);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('a fixed disk whose cookie alone is wrong', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const intact = bench.bytes();
    bench.write(bench.built.footerOffset + 3, [0]);
    const { repaired } = await repairAndUndo(bench);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('keeps the padding of Windows between the last block and the footer', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ gapBeforeFooterBytes: 3584 }));
    const intact = bench.bytes();
    bench.write(bench.built.footerOffset, new Uint8Array(512));
    const { repaired } = await repairAndUndo(bench);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('writes behind what it does not know rather than over it', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ footerForm: 'absent' }));
    const intact = bench.bytes();
    bench.append(new Uint8Array(2048).fill(5));
    const { repaired } = await repairAndUndo(bench);
    expect(repaired.length).toBe(intact.length + 2048 + 512);
    expect(repaired.subarray(intact.length, intact.length + 2048).every((byte) => byte === 5)).toBe(true);
  });
});

describe('fields of the footer', () => {
  it('appends the byte that a 511-byte footer lacks', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ footerForm: 511 }));
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'footer-short').changes).toEqual([
      expect.objectContaining({ before: '', after: '00', lengthBytes: 1 }),
    ]);
    expect(repaired.length % 512).toBe(0);
    expect(plan.predictedVerdict).toBe('clean');
  });

  it('gives a null unique id a random one, in both places, the same as was shown', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({ footer: { uniqueId: '00000000-0000-0000-0000-000000000000' } }),
    );
    const { plan, repaired } = await repairAndUndo(bench);
    const id = repaired.subarray(68, 84);
    expect(id.every((byte) => byte === 0)).toBe(false);
    expect(repaired.subarray(repaired.length - 512 + 68, repaired.length - 512 + 84).equals(id)).toBe(true);
    expect(item(plan, 'unique-id-null').changes[0]?.fields?.map((one) => one.field)).toContain('uniqueId');
  });

  for (const [code, footer] of [
    ['features-reserved-bit', { features: 0 }],
    ['features-unknown-bits', { features: 0x12 }],
    ['feature-temporary', { features: 3 }],
    ['footer-data-offset', { dataOffset: 0xffff_ffff_ffff_ffffn }],
    ['original-size-larger', { originalSize: 1n << 40n }],
    ['geometry-zero', { geometry: [0, 0, 0] }],
  ] as const) {
    it(`${code} is mended on its own`, async () => {
      const bench = new Bench(folder(), dynamicKnobs({ footer }));
      expect(await bench.codes()).toContain(code);
      const { plan } = await repairAndUndo(bench);
      expect(item(plan, code).selected).toBe(true);
      expect(plan.remaining).not.toContain(code);
      expect(plan.predictedVerdict).toBe('clean');
    });
  }

  for (const [code, footer, option] of [
    ['saved-state', { savedState: 1 }, 'apply'],
    ['footer-hidden', { hidden: 1, creator: 'tap\0', creatorVersion: 0x10003 }, 'apply'],
    ['footer-reserved-bytes', { reserved: new Uint8Array([0, 1, 2]) }, 'apply'],
    ['file-format-version', { version: 0x20000 }, 'apply'],
    ['disk-type-unknown', { diskType: 6 }, 'dynamic'],
    ['timestamp-future', { timestamp: 4_000_000_000 }, 'file-time'],
  ] as const) {
    it(`${code} is left alone until it is chosen`, async () => {
      const bench = new Bench(folder(), dynamicKnobs({ footer }));
      const first = await bench.plan();
      expect(item(first, code).selected).toBe(false);
      const { plan } = await repairAndUndo(bench, { choose: { [code]: option } });
      expect(item(plan, code)).toMatchObject({ selected: true, chosen: option });
      expect(plan.remaining).not.toContain(code);
    });
  }

  it('two sound footers that differ are made equal as the person says', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ footerCopy: { timestamp: 5 } }));
    expect(item(await bench.plan(), 'footers-differ').selected).toBe(false);
    const { repaired } = await repairAndUndo(bench, { choose: { 'footers-differ': 'keep-copy' } });
    expect(repaired.readUInt32BE(24)).toBe(5);
    expect(repaired.readUInt32BE(repaired.length - 512 + 24)).toBe(5);
  });

  it('both footers gone: a new one is built only when chosen, and says what it takes for granted', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const intact = bench.bytes();
    bench.write(0, new Uint8Array(512)).truncate(bench.built.footerOffset);
    const first = await bench.plan();
    expect(item(first, 'footer-missing')).toMatchObject({ selected: false, risk: 'data' });
    expect(item(first, 'footer-missing').assumptions.join(' ')).toMatch(/size/i);
    const { plan, repaired } = await repairAndUndo(bench, { choose: { 'footer-missing': 'rebuild' } });
    expect(plan.predictedVerdict).toBe('clean');
    expect(
      repaired.subarray(512, intact.length - 512).equals(intact.subarray(512, intact.length - 512)),
    ).toBe(true);
    expect(repaired.readBigUInt64BE(48)).toBe(BigInt(intact.readBigUInt64BE(48)));
  });
});

describe('what is asked for', () => {
  it('only the codes named are done', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ footer: { features: 0, originalSize: 1n << 40n } }));
    const plan = await bench.apply({ only: ['original-size-larger'] });
    expect(plan.plan.filter((one) => one.selected).map((one) => one.code)).toEqual(['original-size-larger']);
    expect(plan.remaining).toContain('features-reserved-bit');
  });

  it('refuses codes and options that do not exist', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ footer: { savedState: 1 } }));
    await expect(bench.plan({ choose: { 'saved-state': 'nonsense' } })).rejects.toMatchObject({
      code: 'bad-value',
    });
    await expect(bench.plan({ choose: { 'footer-missing': 'rebuild' } })).rejects.toMatchObject({
      code: 'bad-value',
    });
    await expect(bench.plan({ only: ['no-such-code'] })).rejects.toMatchObject({ code: 'bad-value' });
  });

  it('a healthy image gives an empty plan, and applying it writes nothing', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const before = bench.bytes();
    const plan = await bench.apply();
    expect(plan).toMatchObject({ plan: [], applied: false, journal: null, predictedVerdict: 'clean' });
    expect(bench.bytes().equals(before)).toBe(true);
  });

  it('refuses a plan whose file changed since', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    bench.write(64, [1, 2, 3, 4]);
    const { stateToken } = await bench.plan();
    bench.write(64, [1, 2, 3, 5]);
    const before = bench.bytes();
    await expect(bench.apply({}, stateToken)).rejects.toMatchObject({ code: 'file-changed' });
    expect(bench.bytes().equals(before)).toBe(true);
  });
});
