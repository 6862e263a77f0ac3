import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OverlayFile } from '../../../src-main/engine/io/overlay-file';
import { isOwn, packPage, PAGE_BYTES, showPage } from '../../../src-main/engine/io/overlay-page';
import type { RandomAccessFile } from '../../../src-main/engine/io';

/** A file in memory that is only read, and whose reads take a turn of the event loop. */
function baseOf(bytes: Uint8Array): RandomAccessFile {
  const base: Partial<RandomAccessFile> = {
    path: 'base',
    size: () => Promise.resolve(bytes.length),
    readAt: async (target, offset) => {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      await new Promise((resolve) => setImmediate(resolve));
      return part.length;
    },
    extents: (offset, length) =>
      Promise.resolve([{ offset, length: Math.min(length, bytes.length - offset), kind: 'data' }]),
  };
  return base as RandomAccessFile;
}

/** Bytes in which whole words are all ones, those of the base, or others. */
const fillings = ['ones', 'base', 'mixed', 'other'] as const;
type Filling = (typeof fillings)[number];

function filled(filling: Filling, under: Uint8Array, seed: number): Uint8Array {
  return under.map((byte, at) => {
    if (filling === 'ones') return 0xff;
    if (filling === 'base') return byte;
    if (filling === 'mixed') return ((at >>> 2) * 31 + seed) % 3 === 0 ? 0xff : byte;
    return (at * 7 + seed) & 0xff;
  });
}

const BASE = Uint8Array.from({ length: 200_001 }, (_, at) => (at * 131 + (at >>> 9)) & 0xff);

async function contentOf(file: OverlayFile): Promise<Buffer> {
  const bytes = Buffer.alloc(await file.size());
  expect(await file.readAt(bytes, 0)).toBe(bytes.length);
  return bytes;
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    offset: fc.nat(260_000),
    length: fc.oneof(
      fc.constant(4),
      fc.integer({ min: 0, max: 9000 }),
      fc.integer({ min: 60_000, max: 150_000 }),
    ),
    filling: fc.constantFrom(...fillings),
    seed: fc.nat(255),
  }),
  fc.record({ kind: fc.constant('resize' as const), sizeBytes: fc.nat(300_000) }),
  fc.record({ kind: fc.constant('zero' as const), offset: fc.nat(200_000), length: fc.nat(100_000) }),
);

describe('an overlay', () => {
  it('reads as an array of bytes with the same changes, short and long, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const file = await OverlayFile.over(baseOf(BASE));
        let model = Uint8Array.from(BASE);
        const resize = (bytes: number): void => {
          const next = new Uint8Array(bytes);
          next.set(model.subarray(0, bytes));
          model = next;
        };
        for (const one of steps) {
          if (one.kind === 'resize') {
            await file.setSize(one.sizeBytes);
            resize(one.sizeBytes);
          } else if (one.kind === 'zero') {
            await file.zeroRange(one.offset, one.length);
            model.fill(0, one.offset, one.offset + one.length);
          } else {
            const under = new Uint8Array(one.length);
            under.set(BASE.subarray(one.offset, one.offset + one.length));
            const bytes = filled(one.filling, under, one.seed);
            await file.writeAt(bytes, one.offset);
            if (one.length > 0 && one.offset + one.length > model.length) resize(one.offset + one.length);
            model.set(bytes, one.offset);
          }
          expect(await file.size()).toBe(model.length);
        }
        expect((await contentOf(file)).equals(model)).toBe(true);
        const part = new Uint8Array(5000);
        const count = await file.readAt(part, 100_001);
        expect(count).toBe(Math.max(0, Math.min(5000, model.length - 100_001)));
        expect(Buffer.compare(part.subarray(0, count), model.subarray(100_001, 100_001 + count))).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('shows entries that are given up one by one, and what is written beside them', async () => {
    const base = new Uint8Array(64 * PAGE_BYTES).map((_, at) => at * 7);
    const file = await OverlayFile.over(baseOf(base));
    const model = Uint8Array.from(base);
    const entry = new Uint8Array(4).fill(0xff);
    for (const inPage of [4, 8, 4000, 8]) {
      for (let page = 0; page < 64; page += 1) {
        await file.writeAt(entry, page * PAGE_BYTES + inPage);
        model.set(entry, page * PAGE_BYTES + inPage);
      }
    }
    await file.writeAt(Uint8Array.of(1, 2, 3), 3 * PAGE_BYTES + 5);
    model.set([1, 2, 3], 3 * PAGE_BYTES + 5);
    expect((await contentOf(file)).equals(model)).toBe(true);
  });

  it('keeps long writes apart that are begun before the one in front of them has ended', async () => {
    const file = await OverlayFile.over(baseOf(BASE));
    const length = 80_000;
    // each writes what the base holds where the other one does
    const parts = [
      { offset: 0, bytes: BASE.slice(102_400, 102_400 + length) },
      { offset: 102_400, bytes: BASE.slice(0, length) },
    ];
    await Promise.all(parts.map(({ bytes, offset }) => file.writeAt(bytes, offset)));
    const expected = Uint8Array.from(BASE);
    for (const { bytes, offset } of parts) expected.set(bytes, offset);
    expect((await contentOf(file)).equals(expected)).toBe(true);
  });
});

describe('a page', () => {
  it('packs what is ones or the base, and shows any part of it as it was', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fillings),
        fc.nat(255),
        fc.nat(PAGE_BYTES),
        fc.nat(PAGE_BYTES),
        (filling, seed, a, b) => {
          const under = BASE.subarray(0, PAGE_BYTES);
          const bytes = filled(filling, under, seed);
          const packed = packPage(bytes, under);
          expect(packed === null).toBe(filling === 'other');
          if (!packed) return;
          expect(isOwn(packed)).toBe(false);
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          const target = under.slice(start, end);
          showPage(packed, start, end, target);
          expect(Buffer.compare(target, bytes.subarray(start, end))).toBe(0);
        },
      ),
    );
  });
});
