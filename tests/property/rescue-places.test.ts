import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSet } from '../../src-main/engine/disk/find-overlaps';
import { BatEntries } from '../../src-main/engine/format';
import { FoundBlocks } from '../../src-main/engine/ops/rescue-found-blocks';
import { IndexSet } from '../../src-main/engine/ops/rescue-index-set';
import { placeBlocks } from '../../src-main/engine/ops/rescue-place-blocks';
import { BAT_UNUSED } from '../../src-shared/vhd/constants';
import { caseCount } from '../support/disk-model';

const SECTOR = 512;

describe('a set of numbers', () => {
  it('is what a plain set is, and tells the next of them', () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(1023, 1024, 1025, 32_768, 40_000));
    const actions = fc.array(fc.tuple(fc.constantFrom('add', 'delete', 'next'), fc.nat()), { maxLength: 80 });
    fc.assert(
      fc.property(size, fc.boolean(), actions, (count, isFull, steps) => {
        const set = isFull ? IndexSet.full(count) : new IndexSet(count);
        const model = new Set(isFull ? Array.from({ length: count }, (_, value) => value) : []);
        for (const [action, number] of steps) {
          const value = number % (count + 40);
          if (action === 'delete') expect(set.delete(value)).toBe(model.delete(value));
          else if (action === 'next') {
            let next = value;
            while (next < count && !model.has(next)) next += 1;
            expect(set.next(value)).toBe(next < count ? next : -1);
          } else if (value < count) {
            set.add(value);
            model.add(value);
          }
        }
      }),
      { numRuns: caseCount(300) },
    );
  });
});

describe('offsets of found blocks', () => {
  const GAPS = fc.array(
    fc.oneof(fc.constant(0), fc.nat(300), fc.constantFrom(127, 128, 16_383, 16_384, 2 ** 31, 2 ** 40)),
    { maxLength: 200 },
  );

  it('come back as they were added, from the beginning and from any place', () => {
    fc.assert(
      fc.property(GAPS, fc.integer({ min: 1, max: 5000 }), fc.nat(), (gaps, strideSectors, from) => {
        const found = new FoundBlocks(strideSectors * SECTOR);
        const offsets: number[] = [];
        let sector = 0;
        for (const gap of gaps) {
          sector += gap;
          offsets.push(sector * SECTOR);
          found.add(sector * SECTOR);
          sector += strideSectors;
        }
        expect([...found]).toEqual(offsets);
        expect(found.count).toBe(offsets.length);
        expect(found.joints).toBe(gaps.slice(1).filter((gap) => gap === 0).length);
        expect(found.endOffset).toBe(gaps.length === 0 ? 0 : sector * SECTOR);
        const cursor = found.cursor();
        const skipped = gaps.length === 0 ? 0 : from % gaps.length;
        for (let step = 0; step < skipped; step += 1) cursor.next();
        const other = cursor.clone();
        cursor.next();
        expect(other.peek()).toBe(offsets[skipped] ?? null);
        expect(cursor.peek()).toBe(offsets[skipped + 1] ?? null);
      }),
      { numRuns: caseCount(300) },
    );
  });
});

describe('places for blocks without an entry', () => {
  /** What is at each place of the file: nothing, a block of a sound entry, or one that was found; and what anchors say. */
  const SLOTS = fc.array(
    fc.record({
      kind: fc.constantFrom('gap', 'known', 'found'),
      index: fc.nat(40),
      anchor: fc.option(fc.nat(45), { freq: 3 }),
    }),
    { maxLength: 40 },
  );

  it('keep what is known, give every block one place at most, and take no place twice', async () => {
    const strideBytes = 9 * SECTOR;
    await fc.assert(
      fc.asyncProperty(
        SLOTS,
        fc.integer({ min: 1, max: 45 }),
        fc.boolean(),
        async (slots, places, isCertain) => {
          const entries = BatEntries.unused(places);
          const known = new BlockSet(places);
          const found = new FoundBlocks(strideBytes);
          const anchors: { offset: number; index: number; reason: string }[] = [];
          const knownAt = new Map<number, number>();
          const foundAt: number[] = [];
          for (const [slot, { kind, index, anchor }] of slots.entries()) {
            const offset = 4096 + slot * strideBytes;
            if (kind === 'known' && index < places && !known.has(index)) {
              known.add(index);
              entries.set(index, offset / SECTOR);
              knownAt.set(index, offset);
            } else if (kind === 'found') {
              found.add(offset);
              foundAt.push(offset);
            } else continue;
            if (anchor !== null && !anchors.some((one) => one.index === anchor))
              anchors.push({ offset, index: anchor, reason: 'its content' });
          }
          const free = new IndexSet(places);
          let freeCount = 0;
          for (let index = 0; index < places; index += 1) {
            if (known.has(index)) continue;
            free.add(index);
            freeCount += 1;
          }
          const isKnownCertain = isCertain;
          const placed = await placeBlocks({
            entries,
            known,
            isKnownCertain,
            found,
            anchors,
            free,
            strideBytes,
          });
          for (const [index, offset] of knownAt) expect(entries.at(index)).toBe(offset / SECTOR);
          const given: number[] = [];
          for (let index = 0; index < places; index += 1) {
            const sector = entries.at(index) ?? BAT_UNUSED;
            if (sector !== BAT_UNUSED && !known.has(index)) given.push(sector * SECTOR);
          }
          expect(new Set(given).size).toBe(given.length);
          for (const offset of given) expect(foundAt).toContain(offset);
          expect(given.length).toBe(Math.min(foundAt.length, freeCount));
          expect(placed.counts.likely + placed.counts.guessed).toBe(given.length);
          expect(placed.unplacedCount).toBe(foundAt.length - given.length);
          for (const offset of placed.firstUnplaced) expect(given).not.toContain(offset);
          for (const { offset, index } of anchors)
            if (foundAt.includes(offset) && index < places && !known.has(index))
              expect(entries.at(index)).toBe(offset / SECTOR);
        },
      ),
      { numRuns: caseCount(400) },
    );
  });
});
