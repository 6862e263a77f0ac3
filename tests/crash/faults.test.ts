import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-shared/errors';
import { openDiskFromFile } from '../../src-main/engine/chain';
import { openImageForWriting, readMetadata } from '../../src-main/engine/disk';
import { buildChain, openChain, openChainForWriting, readAll, type LayerPlan } from '../support/disk-model';
import { FaultyFile, MemoryFile, type Fault } from '../support/fake-files';
import { buildVhd, patternBlock } from '../support/vhd-builder';

const SECTOR = 512;
const BLOCK = 4096;
const SIZE = 6 * BLOCK;

const dynamic: LayerPlan = { type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: BLOCK, seed: 11 };
const child: LayerPlan = { type: 'differencing', sizeBytes: SIZE, blockSizeBytes: BLOCK, seed: 12 };

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['EIO', { errno: 'EIO' }],
  ['EIO after half a sector', { errno: 'EIO', doneBytes: 256 }],
  ['ENOSPC', { errno: 'ENOSPC' }],
  ['ENOSPC after a sector', { errno: 'ENOSPC', doneBytes: 512 }],
];

/** A write over everything that a disk can have: existing blocks, clear bits and new blocks. */
const WRITE_OFFSET = 700;
const WRITE = patternBlock(77, SIZE - 1400);

/** How many calls the write makes when nothing fails. */
async function countCalls(plans: readonly LayerPlan[]): Promise<{ opening: number; total: number }> {
  const { files, types } = buildChain(plans);
  const leaf = files.at(-1) ?? new MemoryFile();
  const faulty = new FaultyFile(leaf, () => null);
  const disk = await openChainForWriting([...files.slice(0, -1), faulty], types);
  const opening = faulty.calls.length;
  await disk.writeAt(WRITE, WRITE_OFFSET);
  await disk.flush();
  return { opening, total: faulty.calls.length };
}

describe.each([
  ['a dynamic disk', [dynamic]],
  ['a child', [dynamic, child]],
])('a write into %s', (_name, plans) => {
  it.each(FAULTS)(
    'that meets %s at any call fails in the catalogue’s words and leaves a sound image',
    async (_what, fault) => {
      const { opening, total } = await countCalls(plans);
      expect(total - opening).toBeGreaterThan(6);
      for (let failing = opening; failing < total; failing += 1) {
        const { files, types, content } = buildChain(plans);
        const leaf = files.at(-1) ?? new MemoryFile();
        const faulty = new FaultyFile(leaf, (call) => (call.index === failing ? fault : null));
        const disk = await openChainForWriting([...files.slice(0, -1), faulty], types);
        const failed = await disk
          .writeAt(WRITE, WRITE_OFFSET)
          .then(() => disk.flush())
          .then(
            () => null,
            (error: unknown) => error,
          );
        if (failed === null && faulty.calls[failing]?.name === 'readAt') {
          // a reading ahead that failed, and was done again when it was needed
          expectNew(await readAll(await openChain(files, types)), content, failing);
          continue;
        }
        expect(failed, `call ${failing}`).toBeInstanceOf(AppError);
        expect((failed as AppError).kind).toBe('system');
        await expect(disk.writeAt(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'io-error' });
        await expectOldOrNew(await readAll(await openChain(files, types)), content, failing);
      }
    },
  );
});

function expectNew(seen: Uint8Array, before: Uint8Array, failing: number): void {
  const after = Uint8Array.from(before);
  after.set(WRITE, WRITE_OFFSET);
  expect(Buffer.compare(seen, after), `after call ${failing} failed`).toBe(0);
}

async function expectOldOrNew(seen: Uint8Array, before: Uint8Array, failing: number): Promise<void> {
  const after = Uint8Array.from(before);
  after.set(WRITE, WRITE_OFFSET);
  for (let at = 0; at < seen.length; at += SECTOR) {
    const sector = seen.subarray(at, at + SECTOR);
    // a write that failed half way through a sector may leave it half new
    const isKnown = [...sector].every(
      (byte, index) => byte === before[at + index] || byte === after[at + index],
    );
    expect(isKnown, `sector ${at / SECTOR} after call ${failing} failed`).toBe(true);
  }
  return Promise.resolve();
}

describe('a disk that is full', () => {
  it('gets its old length back where a new block finds no room', async () => {
    const { files, types, content } = buildChain([dynamic]);
    const leaf = files.at(-1) ?? new MemoryFile();
    const before = leaf.bytes();
    let written = 0;
    const faulty = new FaultyFile(leaf, (call) => {
      if (call.name !== 'writeAt' || call.length === SECTOR) return null;
      written += 1;
      return written === 1 ? { errno: 'ENOSPC', doneBytes: 1024 } : null;
    });
    const free = (await readMetadata(leaf)).bat?.entries.nextUnused(0) ?? -1;
    expect(free).toBeGreaterThanOrEqual(0);
    const disk = await openChainForWriting([faulty], types);
    await expect(disk.writeAt(new Uint8Array(BLOCK).fill(9), free * BLOCK)).rejects.toMatchObject({
      code: 'no-space',
    });
    expect(Buffer.compare(leaf.bytes(), before)).toBe(0);
    expect(Buffer.compare(await readAll(await openChain(files, types)), content)).toBe(0);
  });
});

describe('a read', () => {
  it('that fails or is cut short at any call is an error, never other bytes', async () => {
    const faults: readonly Fault[] = [{ errno: 'EIO' }, { shortReadBytes: 100 }];
    for (const fault of faults) {
      const { files, types, content } = buildChain([dynamic, child]);
      const [base, leaf] = files;
      if (!base || !leaf) throw new Error('two files');
      const counting = new FaultyFile(leaf, () => null);
      await readAll(await openChain([base, counting], types));
      for (let failing = 0; failing < counting.calls.length; failing += 1) {
        const isRead = counting.calls[failing]?.name === 'readAt';
        if (!isRead && 'shortReadBytes' in fault) continue;
        const faulty = new FaultyFile(leaf, (call) => (call.index === failing ? fault : null));
        const outcome = await openChain([base, faulty], types)
          .then(readAll)
          .catch((error: unknown) => error);
        if (outcome instanceof Uint8Array) expect(Buffer.compare(outcome, content)).toBe(0);
        else expect(outcome, `call ${failing}`).toBeInstanceOf(AppError);
      }
    }
  });
});

describe('an image in doubt', () => {
  const sound = {
    type: 'dynamic',
    sizeBytes: SIZE,
    blockSizeBytes: BLOCK,
    blocks: [{ index: 0 }, { index: 1 }],
  } as const;

  it.each([
    ['no footer at its end', { footerForm: 'absent' as const }],
    ['bytes behind its footer', { trailing: new Uint8Array(512) }],
    ['no footer copy', { footerCopy: null }],
    ['a wrong footer checksum', { footer: { checksum: 3 } }],
    ['footers that differ', { footerCopy: { timestamp: 5 } }],
    ['a wrong header checksum', { header: { checksum: 3 } }],
    ['overlapping blocks', { batOverrides: { 1: 4 } }],
    ['an entry past the end', { batOverrides: { 3: 99_999 } }],
    ['too few BAT entries', { extraEntries: -1 }],
    ['a block that is cut short', { blocks: [{ index: 0 }, { index: 1, storedBytes: 1024 }] }],
  ])('with %s is not written', async (_name, changes) => {
    const file = new MemoryFile(buildVhd({ ...sound, ...changes }).bytes());
    const before = file.bytes();
    const opening = readMetadata(file).then((metadata) => openImageForWriting(file, metadata, null));
    await expect(opening).rejects.toMatchObject({ code: 'too-damaged' });
    expect(Buffer.compare(file.bytes(), before)).toBe(0);
  });

  it('only by its hidden flag, its saved state, surplus entries or a 511-byte footer is written', async () => {
    for (const changes of [
      { footerCopy: { hidden: 1 } },
      { extraEntries: 7 },
      { footerForm: 511 as const },
      { batmap: 'valid' as const },
    ]) {
      const file = new MemoryFile(buildVhd({ ...sound, ...changes }).bytes());
      const disk = openImageForWriting(file, await readMetadata(file), null);
      await disk.writeAt(new Uint8Array(100).fill(1), 3 * BLOCK);
      const reopened = await openDiskFromFile(file);
      const bytes = new Uint8Array(100);
      await reopened.disk.readAt(bytes, 3 * BLOCK);
      expect(bytes.every((byte) => byte === 1)).toBe(true);
      expect(reopened.metadata?.footer?.checksum.valid).toBe(true);
      expect((await file.size()) % 512).toBe(0);
    }
  });
});

describe('what a write leaves alone', () => {
  it('zeros into unallocated blocks of a dynamic disk cost nothing', async () => {
    const file = new MemoryFile(
      buildVhd({ type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: BLOCK }).bytes(),
    );
    const before = file.bytes();
    const disk = openImageForWriting(file, await readMetadata(file), null);
    await disk.writeAt(new Uint8Array(SIZE), 0);
    await disk.writeZeros(0, SIZE);
    expect(Buffer.compare(file.bytes(), before)).toBe(0);
  });

  it('a layout on 4 KiB stays on 4 KiB', async () => {
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: 4 * 65_536,
      blockSizeBytes: 65_536,
      blocks: [{ index: 0, gapBytes: 4096 + 1536 }],
      gapBeforeFooterBytes: 3584,
    });
    expect(built.dataOffset(0) % 4096).toBe(0);
    expect(built.fileSizeBytes % 4096).toBe(0);
    const file = new MemoryFile(built.bytes());
    const disk = openImageForWriting(file, await readMetadata(file), null);
    for (const block of [2, 1, 3]) await disk.writeAt(new Uint8Array(1).fill(1), block * 65_536);
    const { metadata } = await openDiskFromFile(file);
    for (const entry of metadata?.bat?.entries.slice() ?? []) expect((entry * 512 + 512) % 4096).toBe(0);
    expect((await file.size()) % 4096).toBe(0);
  });
});
