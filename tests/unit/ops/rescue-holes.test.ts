import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Holes } from '../../../src-main/engine/ops/rescue-holes';
import type { FileExtent, RandomAccessFile } from '../../../src-main/engine/io';

const PAGE = 512;

/** A file of which only the size and the extents are asked for; `isData` tells each 512 bytes. */
class SparseFile implements Pick<RandomAccessFile, 'size' | 'extents'> {
  asked = 0;
  constructor(
    readonly sizeBytes: number,
    readonly isData: (page: number) => boolean,
  ) {}
  size = (): Promise<number> => Promise.resolve(this.sizeBytes);
  extents = (offset: number, length: number): Promise<FileExtent[]> => {
    this.asked += 1;
    const found: FileExtent[] = [];
    const end = Math.min(offset + length, this.sizeBytes);
    for (let at = offset; at < end;) {
      const next = Math.min(end, (Math.floor(at / PAGE) + 1) * PAGE);
      const kind = this.isData(Math.floor(at / PAGE)) ? 'data' : 'hole';
      const last = found.at(-1);
      if (last?.kind === kind) found[found.length - 1] = { ...last, length: last.length + next - at };
      else found.push({ offset: at, length: next - at, kind });
      at = next;
    }
    return Promise.resolve(found);
  };
}

const holesOf = (file: SparseFile): Promise<Holes> => Holes.of(file as unknown as RandomAccessFile);

it('tells holes as the file has them, wherever it is asked and in any order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ length: fc.integer({ min: 1, max: 60 }), isData: fc.boolean() }), {
        maxLength: 12,
      }),
      fc.integer({ min: 0, max: PAGE - 1 }),
      fc.array(fc.tuple(fc.nat(100_000), fc.integer({ min: 1, max: 40_000 })), { maxLength: 20 }),
      async (runs, rest, asked) => {
        const pages = runs.flatMap(({ length, isData }) => new Array<boolean>(length).fill(isData));
        const sizeBytes = pages.length * PAGE + rest;
        const file = new SparseFile(sizeBytes, (page) => pages[page] ?? false);
        const holes = await holesOf(file);
        for (const [offset, length] of asked) {
          let end = offset;
          while (end < sizeBytes && !file.isData(Math.floor(end / PAGE)))
            end = Math.min(sizeBytes, (Math.floor(end / PAGE) + 1) * PAGE);
          const isHole = offset + length <= end;
          if (holes.covers(offset, length)) expect(isHole).toBe(true);
          expect(await holes.isHole(offset, length)).toBe(isHole);
          expect(await holes.endFrom(offset)).toBe(end);
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('goes through holes of many regions up to the data behind them', async () => {
  const dataPage = (300 * 1024 * 1024) / PAGE;
  const found = await Holes.of({
    size: () => Promise.resolve((dataPage + 8) * PAGE),
    extents: (offset: number, length: number) => {
      const end = Math.min(offset + length, (dataPage + 8) * PAGE);
      const border = dataPage * PAGE;
      const extents: FileExtent[] = [];
      if (offset < border) extents.push({ offset, length: Math.min(end, border) - offset, kind: 'hole' });
      if (end > border)
        extents.push({
          offset: Math.max(offset, border),
          length: end - Math.max(offset, border),
          kind: 'data',
        });
      return Promise.resolve(extents);
    },
  } as unknown as RandomAccessFile);
  expect(await found.endFrom(5)).toBe(dataPage * PAGE);
  expect(await found.isHole(77, dataPage * PAGE - 77)).toBe(true);
  expect(await found.isHole(77, dataPage * PAGE - 76)).toBe(false);
});

it('asks the system once for what is asked for in any order', async () => {
  const file = new SparseFile(32 * 1024 * 1024, (page) => page === 5);
  const holes = await holesOf(file);
  for (let at = 0; at < 500; at += 1)
    expect(await holes.isHole(8192 + ((at * 7919) % 500) * 66_048, 66_048)).toBe(true);
  expect(file.asked).toBe(1);
});
