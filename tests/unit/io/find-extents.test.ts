import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { NodeFile } from '../../../src-main/engine/io';
import { extentsByRanges, extentsBySeeking, type Seek } from '../../../src-main/engine/io/find-extents';
import { findExtents } from '../../../src-main/engine/io/holes';
import { koffi } from '../../../src-main/engine/io/native';
import type { FileExtent } from '../../../src-main/engine/io/random-access-file';
import { caseCount } from '../../support/disk-model';
import { useTempFolders } from '../../support/temp';

const ENXIO = 6;
const EINVAL = 22;
const UNIT = 4096;

/** A file of units, some of them data; as long as the map. */
type UnitMap = readonly boolean[];

/** What both systems must make of it. */
function expected(units: UnitMap, start: number, end: number): FileExtent[] {
  const found: FileExtent[] = [];
  for (let offset = start; offset < end;) {
    const next = Math.min(end, (Math.floor(offset / UNIT) + 1) * UNIT);
    const kind = units[Math.floor(offset / UNIT)] ? 'data' : 'hole';
    const last = found.at(-1);
    if (last?.kind === kind) found[found.length - 1] = { ...last, length: next - last.offset };
    else found.push({ offset, length: next - offset, kind });
    offset = next;
  }
  return found;
}

/** lseek(2) as Linux has it; `endOffset` is a virtual hole. */
const seekIn =
  (units: UnitMap): Seek =>
  (offset, to) => {
    const endOffset = units.length * UNIT;
    if (offset >= endOffset) return -ENXIO;
    for (let unit = Math.floor(offset / UNIT); unit < units.length; unit += 1)
      if (units[unit] === (to === 'data')) return Math.max(offset, unit * UNIT);
    return to === 'hole' ? endOffset : -ENXIO;
  };

/** FSCTL_QUERY_ALLOCATED_RANGES with room for `perCall` answers; whole units, as clusters are. */
function rangesOf(units: UnitMap, perCall: number, calls: number[] = []) {
  return (query: Uint8Array, answer: Uint8Array): { isComplete: boolean; answerBytes: number } => {
    const asked = new DataView(query.buffer, query.byteOffset);
    const from = Number(asked.getBigInt64(0, true));
    const to = from + Number(asked.getBigInt64(8, true));
    calls.push(from);
    const out = new DataView(answer.buffer, answer.byteOffset);
    let count = 0;
    for (let unit = Math.floor(from / UNIT); unit < units.length && unit * UNIT < to; unit += 1) {
      if (!units[unit]) continue;
      if (count === perCall) return { isComplete: false, answerBytes: count * 16 };
      let last = unit;
      while (units[last + 1]) last += 1;
      out.setBigInt64(count * 16, BigInt(unit * UNIT), true);
      out.setBigInt64(count * 16 + 8, BigInt((last + 1 - unit) * UNIT), true);
      count += 1;
      unit = last;
    }
    return { isComplete: true, answerBytes: count * 16 };
  };
}

const files = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
const cuts = fc.tuple(fc.nat(40 * UNIT), fc.nat(40 * UNIT));
const within = (units: UnitMap, [a, b]: readonly [number, number]): [number, number] => {
  const sizeBytes = units.length * UNIT;
  return [Math.min(a, b) % sizeBytes, Math.max((Math.min(a, b) % sizeBytes) + 1, Math.max(a, b) % sizeBytes)];
};

describe('the extents of a file', () => {
  it('are what seeking to data and holes finds, in any part of it', () => {
    fc.assert(
      fc.property(files, cuts, (units, cut) => {
        const [start, end] = within(units, cut);
        expect(extentsBySeeking(seekIn(units), start, end)).toEqual(expected(units, start, end));
      }),
      { numRuns: caseCount(300) },
    );
  });

  it('are what Windows’ allocated ranges say, however many come at a time', () => {
    fc.assert(
      fc.property(files, cuts, fc.integer({ min: 1, max: 5 }), (units, cut, perCall) => {
        const [start, end] = within(units, cut);
        expect(extentsByRanges(rangesOf(units, perCall), start, end)).toEqual(expected(units, start, end));
      }),
      { numRuns: caseCount(300) },
    );
  });

  it('are asked of Windows again from where the last answer ended', () => {
    const calls: number[] = [];
    extentsByRanges(rangesOf([true, false, true, false, true, true], 1, calls), 0, 6 * UNIT);
    expect(calls).toEqual([0, UNIT, 3 * UNIT]);
  });

  it.each([
    ['no such question', () => -EINVAL],
    ['an error half way', (offset: number, to: string) => (offset > 0 ? -5 : to === 'data' ? 0 : UNIT)],
    [
      'a position before the one asked from',
      (offset: number, to: string) => (to === 'data' ? 0 : offset + 1),
    ],
    ['no hole behind data', (_: number, to: string) => (to === 'data' ? 0 : -EINVAL)],
  ])('are data where the answer to a seek is %s', (_name, seek) => {
    const found = extentsBySeeking(seek, 0, 10 * UNIT);
    const holes = found.filter(({ kind }) => kind === 'hole');
    expect(holes).toEqual([]);
    expect(found.reduce((sum, { length }) => sum + length, 0)).toBe(10 * UNIT);
  });

  it.each([
    ['fails', []],
    [
      'goes back',
      [
        [UNIT, UNIT],
        [0, UNIT],
      ],
    ],
    ['stands still', [[0, 0]]],
    ['has numbers that no file has', [[2 ** 62, 2 ** 62]]],
    ['begins before the file', [[-UNIT, 2 * UNIT]]],
  ] as [string, [number, number][]][])('are unknown where Windows’ answer %s', (_name, ranges) => {
    const query = (_query: Uint8Array, answer: Uint8Array) => {
      ranges.forEach(([offset, length], at) => {
        const view = new DataView(answer.buffer, answer.byteOffset + at * 16);
        view.setBigInt64(0, BigInt(offset), true);
        view.setBigInt64(8, BigInt(length), true);
      });
      return { isComplete: false, answerBytes: ranges.length * 16 };
    };
    expect(extentsByRanges(query, 0, 10 * UNIT)).toBeNull();
  });
});

describe('the extents of a real file', () => {
  const folder = useTempFolders();

  async function sparseFile(): Promise<NodeFile> {
    const file = await NodeFile.open(path.join(folder(), 'f'), 'create');
    await file.setSize(8 * 1024 * 1024);
    await file.writeAt(new Uint8Array(65_536).fill(1), 1024 * 1024);
    await file.flush();
    return file;
  }

  it('tile it, and every byte outside data is zero', async () => {
    const file = await sparseFile();
    const found = findExtents(file.fd, 0, await file.size());
    const bytes = fs.readFileSync(file.path);
    let position = 0;
    for (const { offset, length, kind } of found) {
      expect(offset).toBe(position);
      position += length;
      if (kind === 'hole') expect(bytes.subarray(offset, position).every((byte) => byte === 0)).toBe(true);
    }
    expect(position).toBe(bytes.length);
    if (process.platform === 'linux' && koffi()) expect(found.some(({ kind }) => kind === 'hole')).toBe(true);
    await file.close();
  });

  it('are all data on a system that cannot be asked, macOS among them', async () => {
    const file = await sparseFile();
    for (const platform of ['darwin', 'win32', 'aix'] as const) {
      vi.resetModules();
      vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
      const fresh = await import('../../../src-main/engine/io/holes');
      expect(fresh.findExtents(file.fd, 4096, 8192 * 4)).toEqual([
        { offset: 4096, length: 8192 * 4 - 4096, kind: 'data' },
      ]);
      vi.restoreAllMocks();
    }
    await file.close();
  });
});
