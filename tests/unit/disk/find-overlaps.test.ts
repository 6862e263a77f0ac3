import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockTable } from '../../../src-main/engine/disk/block-table';
import { findOverlaps } from '../../../src-main/engine/disk/find-overlaps';
import type { VhdMetadata } from '../../../src-main/engine/disk/metadata';
import { BatEntries } from '../../../src-main/engine/format';

const UNUSED = 0xffff_ffff;

/** The definition: two blocks overlap where they begin closer than a block. */
function overlapsByDefinition(
  entries: Uint32Array,
  stride: number,
  isPlaced: (sector: number) => boolean,
): boolean[] {
  const isBlock = (sector: number): boolean => sector !== UNUSED && isPlaced(sector);
  return [...entries].map(
    (sector, block) =>
      isBlock(sector) &&
      entries.some((other, index) => index !== block && isBlock(other) && Math.abs(other - sector) < stride),
  );
}

describe('overlapping blocks', () => {
  it('are those that begin closer to another than a block, however many there are', () => {
    const sector = fc.oneof(
      fc.integer({ min: 0, max: 400 }),
      fc.constant(UNUSED),
      fc.integer({ min: 0, max: 0xffff_fffe }),
    );
    fc.assert(
      fc.property(
        fc.array(sector, { maxLength: 40 }),
        fc.constantFrom(2, 9, 129),
        fc.integer(),
        (sectors, stride, odd) => {
          const entries = Uint32Array.from(sectors);
          // what lies where no block can lie counts for nothing
          const isPlaced = (one: number): boolean => one > 20 && one % 13 !== Math.abs(odd) % 13;
          const found = findOverlaps(BatEntries.of(entries), stride, isPlaced);
          const expected = overlapsByDefinition(entries, stride, isPlaced);
          expect([...entries].map((_, block) => found?.has(block) ?? false)).toEqual(expected);
          expect(found === null).toBe(!expected.includes(true));
        },
      ),
      { numRuns: 120 },
    );
  });

  it('are found among many on a grid, and none where no two are at one place', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(500), { minLength: 2, maxLength: 60 }),
        fc.nat(1000),
        fc.constantFrom(128, 129, 136),
        fc.option(fc.nat(59)),
        (places, base, step, twice) => {
          const list = places.map((place) => base + place * step);
          const again = twice === null ? undefined : list[twice];
          const entries = Uint32Array.from(again === undefined ? list : [...list, again]);
          const found = findOverlaps(BatEntries.of(entries), 129, () => true);
          expect([...entries].map((_, block) => found?.has(block) ?? false)).toEqual(
            overlapsByDefinition(entries, 129, () => true),
          );
        },
      ),
      { numRuns: 120 },
    );
  });

  it('are found across the passes that a large file takes', () => {
    // stride 2: places are as many as half the sectors, so that 40 million sectors take five passes
    const entries = Uint32Array.from([
      39_999_999, 8_388_607, 8_388_608, 16_777_216, 16_777_215, 5, 40_000_000, 1000,
    ]);
    const found = findOverlaps(BatEntries.of(entries), 2, () => true);
    expect([...entries].map((_, block) => found?.has(block))).toEqual(
      overlapsByDefinition(entries, 2, () => true),
    );
  });

  it('of a large BAT that lies are found in few passes', () => {
    const entries = new Uint32Array(4_000_000);
    for (let block = 0; block < entries.length; block += 1) entries[block] = 100 + (block % 64);
    const found = findOverlaps(BatEntries.of(entries), 2, (sector) => sector < 150);
    expect([0, 49, 50, 63, 64].map((block) => found?.has(block))).toEqual([true, true, false, false, true]);
  });

  it('are looked for once a table, also where there are none and the blocks lie in no order', () => {
    const BLOCK = 4096;
    const COUNT = 400_000;
    // the second half first: out of order, apart
    const entries = Uint32Array.from(
      { length: COUNT },
      (_, block) => 8192 + ((block + COUNT / 2) % COUNT) * 9,
    );
    const endOffset = (8192 + COUNT * 9) * 512;
    const metadata = {
      footer: { position: 'end', offset: endOffset },
      fileSizeBytes: endOffset + 512,
      header: { offset: 512, fields: { blockSizeBytes: BLOCK }, locators: [] },
      bat: { offset: 1536, entries: BatEntries.of(entries) },
    } as unknown as VhdMetadata;
    const table = new BlockTable(metadata, COUNT * BLOCK, 'shuffled.vhd');
    let soundCount = 0;
    // a walk over the BAT for each block would take hours
    for (let block = 0; block < COUNT; block += 1) if (table.placeOf(block) > 0) soundCount += 1;
    expect(soundCount).toBe(COUNT);
  });
});
