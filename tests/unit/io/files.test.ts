import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeFile, openForWriting, OverlayFile, readExact, readUpTo } from '../../../src-main/engine/io';
import { SplitFile } from '../../../src-main/engine/io/split-file';
import { caseCount } from '../../support/disk-model';
import { MemoryFile, SparseMemoryFile } from '../../support/fake-files';
import { useTempFolders } from '../../support/temp';

describe('a file of the host', () => {
  const folder = useTempFolders();

  it('is read and written at any place, and says where its holes are or that it is all data', async () => {
    const file = await NodeFile.open(path.join(folder(), 'f'), 'create');
    await file.writeAt(new Uint8Array(4096).fill(1), 1024 * 1024);
    expect(await file.size()).toBe(1024 * 1024 + 4096);
    const extents = await file.extents(0, 10 * 1024 * 1024);
    expect(extents.reduce((sum, extent) => sum + extent.length, 0)).toBe(1024 * 1024 + 4096);
    expect(extents.at(-1)?.kind).toBe('data');
    await file.zeroRange(1024 * 1024 + 10, 100);
    const bytes = await readExact(file, 1024 * 1024, 200);
    expect([...bytes].map((byte, at) => byte === (at >= 10 && at < 110 ? 0 : 1)).every(Boolean)).toBe(true);
    await file.setSize(100);
    await file.flush();
    await file.close();
    await file.close();
  });

  it('is all data where it takes as much room as it has bytes, until a part is freed', async () => {
    const file = await NodeFile.open(path.join(folder(), 'f'), 'create');
    await file.writeAt(new Uint8Array(1024 * 1024).fill(1), 0);
    await file.flush();
    expect(await file.extents(4096, 8192)).toEqual([{ offset: 4096, length: 8192, kind: 'data' }]);
    expect(await file.extents(1024 * 1024, 4096)).toEqual([]);
    await file.zeroRange(256 * 1024, 256 * 1024);
    const isFreed = fs.fstatSync(file.fd).blocks * 512 < 1024 * 1024;
    const kinds = (await file.extents(0, 1024 * 1024)).map(({ kind }) => kind);
    expect(kinds).toEqual(isFreed ? ['data', 'hole', 'data'] : ['data']);
    await file.close();
  });

  it('is refused where it is a folder, a pipe or a device, without blocking', async () => {
    const dir = folder();
    await expect(NodeFile.open(dir, 'read')).rejects.toMatchObject({ code: 'not-a-regular-file' });
    await expect(NodeFile.open(path.join(dir, 'none'), 'read')).rejects.toMatchObject({
      code: 'file-not-found',
    });
    await expect(NodeFile.open('a\0b', 'read')).rejects.toMatchObject({ code: 'file-not-found' });
    if (process.platform === 'win32') return;
    const pipe = path.join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(NodeFile.open(pipe, 'read')).rejects.toMatchObject({ code: 'not-a-regular-file' });
    await expect(NodeFile.open('/dev/null', 'read')).rejects.toMatchObject({ code: 'not-a-regular-file' });
  });

  it('that cannot be opened for a change says that nothing was written', async () => {
    const open = openForWriting(folder());
    await expect(open).rejects.toMatchObject({ kind: 'system', unchanged: 'Nothing was written.' });
  });

  it('is never replaced by creating it', async () => {
    const target = path.join(folder(), 'f');
    fs.writeFileSync(target, 'here');
    await expect(NodeFile.open(target, 'create')).rejects.toMatchObject({ code: 'target-exists' });
    expect(fs.readFileSync(target, 'utf8')).toBe('here');
  });
});

describe('reading exactly', () => {
  it('is an error at the end of the file, and reading up to it is not', async () => {
    const file = new MemoryFile(new Uint8Array(100));
    await expect(readExact(file, 90, 20)).rejects.toMatchObject({
      code: 'damaged-range',
      context: { offset: 90 },
    });
    expect(await readUpTo(file, 90, 20)).toHaveLength(10);
    expect(await readUpTo(file, -1, 20)).toHaveLength(0);
    expect(await readUpTo(file, 2 ** 60, 20)).toHaveLength(0);
  });
});

/** Any sequence of changes, on a file and on the model of it. */
const changes = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), offset: fc.nat(20_000), length: fc.nat(9000) }),
    fc.record({ kind: fc.constant('zero' as const), offset: fc.nat(20_000), length: fc.nat(9000) }),
    fc.record({ kind: fc.constant('size' as const), offset: fc.nat(25_000), length: fc.constant(0) }),
  ),
  { maxLength: 12 },
);

describe('an overlay', () => {
  it('lets the holes of its base show, but for what was written, cut off or added', async () => {
    const base = new MemoryFile(new Uint8Array(100_000));
    base.extents = (offset, length) => {
      const end = Math.min(offset + length, 100_000);
      const middle = Math.min(Math.max(offset, 50_000), end);
      const parts = [
        { offset, length: middle - offset, kind: 'hole' as const },
        { offset: middle, length: end - middle, kind: 'data' as const },
      ];
      return Promise.resolve(parts.filter((part) => part.length > 0));
    };
    const overlay = await OverlayFile.over(base);
    const kinds = async (offset: number, length: number): Promise<unknown> =>
      (await overlay.extents(offset, length)).map((one) => [one.offset, one.length, one.kind]);
    expect(await kinds(0, 200_000)).toEqual([
      [0, 50_000, 'hole'],
      [50_000, 50_000, 'data'],
    ]);
    await overlay.writeAt(Uint8Array.of(1, 2), 8191);
    expect(await kinds(0, 200_000)).toEqual([
      [0, 4096, 'hole'],
      [4096, 8192, 'data'],
      [12_288, 37_712, 'hole'],
      [50_000, 50_000, 'data'],
    ]);
    expect(await kinds(5000, 100)).toEqual([[5000, 100, 'data']]);
    await overlay.setSize(60_000);
    await overlay.setSize(70_000);
    expect(await kinds(49_000, 50_000)).toEqual([
      [49_000, 1000, 'hole'],
      [50_000, 10_000, 'data'],
      [60_000, 10_000, 'hole'],
    ]);
    expect(await kinds(70_000, 10)).toEqual([]);
  });
});

describe('files in memory', () => {
  it('behave alike: one buffer, sparse pages, and an overlay over either', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), changes, async (startBytes, steps) => {
        const start = Uint8Array.from({ length: startBytes }, (_, at) => at % 250);
        const model = new MemoryFile(start);
        const sparse = new SparseMemoryFile();
        await sparse.writeAt(start, 0);
        const base = new MemoryFile(start);
        const overlay = await OverlayFile.over(base);
        for (const [index, { kind, offset, length }] of steps.entries()) {
          for (const file of [model, sparse, overlay]) {
            if (kind === 'write') await file.writeAt(new Uint8Array(length).fill(index + 1), offset);
            else if (kind === 'zero') await file.zeroRange(offset, length);
            else await file.setSize(offset);
          }
        }
        const expected = model.bytes();
        for (const file of [sparse, overlay]) {
          expect(await file.size()).toBe(expected.length);
          expect(Buffer.compare(await readUpTo(file, 0, 50_000), expected)).toBe(0);
          expect(Buffer.compare(await readUpTo(file, 3333, 5000), expected.subarray(3333, 8333))).toBe(0);
        }
        expect(Buffer.compare(base.bytes(), start)).toBe(0);
      }),
      { numRuns: caseCount(150) },
    );
  });

  it('as parts of a split file read as one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(300), { minLength: 1, maxLength: 5 }),
        fc.nat(1000),
        fc.nat(1000),
        async (sizes, offset, length) => {
          let at = 0;
          const parts = sizes.map(
            (size) => new MemoryFile(Uint8Array.from({ length: size }, () => (at += 1) % 251)),
          );
          const whole = Uint8Array.from({ length: at }, (_, index) => (index + 1) % 251);
          const file = await SplitFile.over(parts);
          expect(await file.size()).toBe(at);
          expect(
            Buffer.compare(await readUpTo(file, offset, length), whole.subarray(offset, offset + length)),
          ).toBe(0);
          await expect(file.writeAt()).rejects.toMatchObject({ code: 'unsupported' });
        },
      ),
    );
  });
});
