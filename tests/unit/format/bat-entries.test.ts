import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatEntries, freeEntries } from '../../../src-main/engine/format';
import { BatPage } from '../../../src-main/engine/format/bat-page';

const UNUSED = 0xffff_ffff;
const STRIDE = 129;
/** More than are kept as one array. */
const MANY = 1024 * 1024 + 40_000;

const sectors = fc.integer({ min: 0, max: UNUSED });

/** Entries as writers, accidents and malice make them. */
const pages: fc.Arbitrary<Uint32Array> = fc
  .record({
    length: fc.integer({ min: 1, max: 70 }),
    base: sectors,
    step: fc.constantFrom(0, 1, 8, 9, STRIDE, 4104, 0x4000_0000, 0xffff_fff0),
    span: fc.constantFrom(2, 50, 30_000, 33_000_000, 2 ** 32),
    kind: fc.constantFrom('line', 'scattered', 'any', 'unused'),
    unusedShare: fc.constantFrom(0, 0.1, 0.9),
    seeds: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 140,
      maxLength: 140,
    }),
  })
  .map(({ length, base, step, span, kind, unusedShare, seeds }) =>
    Uint32Array.from({ length }, (_, at) => {
      const chance = seeds[at] ?? 0;
      if (kind === 'unused' || (seeds[at + 70] ?? 0) < unusedShare) return UNUSED;
      if (kind === 'any') return Math.floor(chance * 2 ** 32);
      const multiple = kind === 'line' ? at : Math.floor(chance * span);
      const sector = base + multiple * step;
      // within the file, as blocks are; lines may run over, as a lie may
      return kind === 'line' || sector < UNUSED ? sector : base;
    }),
  );

describe('a page of BAT entries', () => {
  it('gives back what was packed, whatever it is', () => {
    fc.assert(
      fc.property(pages, fc.boolean(), (entries, isRoomy) => {
        const page = BatPage.pack(entries, isRoomy);
        expect(Array.from(entries, (_, at) => page.at(at))).toEqual([...entries]);
        expect([...page.unpack(new Uint32Array(100))]).toEqual([...entries]);
        expect(page.isUsed || entries.every((one) => one === UNUSED)).toBe(true);
        expect(BatPage.unused(entries.length).isUsed).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it('takes a change and nothing else, or refuses it and is as it was', () => {
    fc.assert(
      fc.property(
        pages,
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.oneof(sectors, fc.constant(UNUSED))), { maxLength: 20 }),
        (entries, isRoomy, changes) => {
          const page = BatPage.pack(entries, isRoomy);
          const expected = Uint32Array.from(entries);
          for (const [at, other, any] of changes) {
            const index = at % entries.length;
            // one that stands there already is likely to fit
            const sector = other % 3 === 0 ? any : (entries[other % entries.length] ?? 0);
            if (page.set(index, sector)) expected[index] = sector;
            expect([...page.unpack(new Uint32Array(100))]).toEqual([...expected]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('packs blocks one behind the other, none and equal ones into nothing, scattered ones into few bits', () => {
    const line = Uint32Array.from({ length: 16_384 }, (_, at) => 5000 + at * STRIDE);
    const scattered = Uint32Array.from(
      { length: 16_384 },
      (_, at) => 5000 + (Math.imul(at, 2_654_435_761) >>> 8) * STRIDE,
    );
    const sizeOf = (entries: Uint32Array): number => BatPage.pack(entries).buffer.byteLength;
    expect(sizeOf(line)).toBe(0);
    expect(sizeOf(line.fill(UNUSED))).toBe(0);
    expect(sizeOf(line.fill(0))).toBe(0);
    expect(sizeOf(scattered)).toBeLessThan((16_384 * 26) / 8);
    expect(sizeOf(scattered.map((one, at) => one + (at % 7)))).toBe(16_384 * 4);
  });
});

/** A table and the same as an array, every so many entries in use. */
function tableOf(length: number, sectorOf: (index: number) => number): [BatEntries, Uint32Array] {
  const array = Uint32Array.from({ length }, (_, index) => sectorOf(index));
  return [BatEntries.of(Uint32Array.from(array)), array];
}

const scatteredSector = (index: number): number =>
  index % 5 === 0 || index < 100_000 ? UNUSED : 9000 + (Math.imul(index, 2_654_435_761) >>> 8) * STRIDE;

describe.each([1000, MANY])('a BAT of %i entries', (length) => {
  const isEqual = (a: Uint32Array, b: Uint32Array): boolean =>
    Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

  it('gives the entries one by one, in parts and as a copy', () => {
    const [table, array] = tableOf(length, (index) => (index < 100 ? UNUSED : index * STRIDE));
    expect(table.length).toBe(length);
    for (const index of [0, 99, 100, length - 1]) expect(table.at(index)).toBe(array[index]);
    expect(table.at(length)).toBeUndefined();
    expect(isEqual(table.slice(), array)).toBe(true);
    expect([...table.slice(98, 103)]).toEqual([...array.slice(98, 103)]);
    expect(table.countUsed()).toBe(length - 100);
    expect(table.lastSector()).toBe((length - 1) * STRIDE);
    expect(table.nextUsed(3, length)).toBe(100);
    expect(table.nextUsed(3, 50)).toBe(50);
    expect(table.nextUsed(length + 5, length)).toBe(length + 5);
    expect(table.nextUnused(100)).toBe(length);
    expect(table.someUsed((sector, index) => sector === index * STRIDE && index === length - 1)).toBe(true);
    expect(table.someUsed((sector) => sector === UNUSED)).toBe(false);
  });

  it('skips what is not in use, and cuts parts to what is asked for', () => {
    const [table, array] = tableOf(length, scatteredSector);
    const [from, to] = [length - 950, length - 7];
    const seen = new Uint32Array(to - from).fill(UNUSED);
    let previous = -1;
    for (const { first, entries } of table.usedParts(from, to)) {
      expect(first).toBeGreaterThan(previous);
      previous = first;
      seen.set(entries, first - from);
    }
    expect([...seen]).toEqual([...array.subarray(from, to)]);
    expect([...BatEntries.unused(length).slice(0, 3)]).toEqual([UNUSED, UNUSED, UNUSED]);
    expect(BatEntries.unused(length).nextUsed(0, length)).toBe(length);
    expect(BatEntries.unused(length).lastSector()).toBeNull();
  });

  it('takes changes anywhere, and shows them in the part that shares it', () => {
    const [table, array] = tableOf(length, scatteredSector);
    const beginning = table.first(length - 3);
    const change = (index: number, sector: number): void => {
      table.set(index, sector);
      array[index] = sector;
    };
    // over more pages than are kept unpacked at once only if there are as many
    for (let index = 3; index < length; index += 1501) change(index, index % 2 === 0 ? index : UNUSED);
    for (let index = 0; index < 700; index += 1) change(index, 77 + index * 64);
    for (let index = 0; index < 700; index += 1) change(index, 7 + (index % 9) * STRIDE);
    expect(isEqual(table.slice(), array)).toBe(true);
    expect(beginning).toHaveLength(length - 3);
    expect(isEqual(beginning.slice(), array.slice(0, length - 3))).toBe(true);
    expect(beginning.at(length - 3)).toBeUndefined();
    expect(() => table.set(length, 1)).toThrow(RangeError);
  });

  it('has no entries any more once its memory was given back', () => {
    const [table] = tableOf(length, scatteredSector);
    freeEntries(table);
    expect(table.at(length - 1)).toBeUndefined();
  });
});

it('packs again what many changes have unpacked', () => {
  const length = 5 * 1024 * 1024;
  const table = BatEntries.unused(length);
  const sectorOf = (index: number): number => 3 + (Math.imul(index, 2_654_435_761) >>> 9) * STRIDE;
  // a few in every page, so that each is unpacked
  for (let index = 5; index < length; index += 4001) table.set(index, sectorOf(index));
  const bytes = table.takeBuffers().reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytes).toBeLessThan(length * 3.5);
  expect(bytes).toBeGreaterThan(0);
});
