import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileOrder } from '../../../src-main/engine/disk/file-order';
import { BatEntries } from '../../../src-main/engine/format';

const UNUSED = 0xffff_ffff;

/** All blocks by the definition: by sector, then by number. */
function orderByDefinition(entries: Uint32Array, isCounted: (sector: number) => boolean): number[] {
  return [...entries.keys()]
    .filter((block) => entries[block] !== UNUSED && isCounted(entries[block] ?? 0))
    .sort((a, b) => (entries[a] ?? 0) - (entries[b] ?? 0) || a - b);
}

const sector = fc.oneof(
  fc.integer({ min: 0, max: 30 }),
  fc.integer({ min: 65_530, max: 65_540 }),
  fc.constant(UNUSED),
  fc.integer({ min: 0, max: 0xffff_fffe }),
);

describe('blocks in file order', () => {
  it('come by their place, then by their number, however few are put in order at once', () => {
    fc.assert(
      fc.property(
        fc.array(sector, { maxLength: 60 }),
        fc.constantFrom(1, 3, 10, 1000),
        fc.integer({ min: 2, max: 9 }),
        (list, perStretch, odd) => {
          const entries = Uint32Array.from(list);
          const isCounted = (one: number): boolean => one % odd !== 1;
          const order = new FileOrder(BatEntries.of(entries), isCounted, perStretch);
          const expected = orderByDefinition(entries, isCounted);
          const given: { block: number; sector: number }[] = [];
          for (const { blocks, sectors } of order)
            blocks.forEach((block, at) => given.push({ block, sector: sectors[at] ?? UNUSED }));
          expect(given).toEqual(expected.map((block) => ({ block, sector: entries[block] })));
          expect(order.blockCount).toBe(expected.length);
          expect(order.stretches.every(({ blockCount }) => blockCount <= perStretch)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are none that are not in use, also where others lie as far behind as an entry can say', () => {
    const order = new FileOrder(BatEntries.of(Uint32Array.of(65_530, UNUSED, UNUSED - 5, 0)), undefined, 2);
    expect(Array.from(order, ({ blocks }) => [...blocks])).toEqual([[3, 0], [2]]);
  });

  it('of a BAT whose entries are all equal come by their number, a stretch at a time', () => {
    const order = new FileOrder(BatEntries.of(new Uint32Array(25).fill(7)), undefined, 10);
    expect(Array.from(order, ({ blocks }) => [...blocks])).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
      [20, 21, 22, 23, 24],
    ]);
  });
});
