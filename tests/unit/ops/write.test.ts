import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createImage,
  identityOfPath,
  listJournals,
  pendingJournal,
  undoImage,
  writeGuest,
  type OperationContext,
} from '../../../src-main/engine';
import { readJournal } from '../../../src-main/engine/repair/journal-reader';
import type { AppError } from '../../../src-shared/errors';
import type { OperationResult } from '../../../src-shared/model/results';
import { buildChildOf, buildDynamicOf, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { useTestFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { errorOf } from './failing-calls';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZE = 20 * MIB;
const BLOCK = 64 * KIB;
const at = useTestFolder('test');
const history = () => ({ historyFolder: at('history') });
const content = patchyContent(SIZE, 51);
const newer = patchyContent(SIZE, 52);
/** No zeros among it, so that every byte that is written can be told. */
const fresh = Buffer.alloc(25 * MIB, 0xa7);

type Kind = 'fixed' | 'dynamic' | 'child' | 'raw';
const KINDS: readonly Kind[] = ['fixed', 'dynamic', 'child', 'raw'];

function build(kind: Kind): string {
  const file = at(kind === 'raw' ? 'd.raw' : 'd.vhd');
  if (kind === 'raw') fs.writeFileSync(file, content);
  else if (kind === 'fixed') buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(file);
  else if (kind === 'dynamic') buildDynamicOf(content, BLOCK).writeTo(file);
  else {
    const base = buildDynamicOf(content, BLOCK);
    base.writeTo(at('base.vhd'));
    // whole blocks, parts of blocks, and blocks that are not there
    const isChanged = (sector: number): boolean =>
      sector % 1000 < 300 || (sector % 3000 < 1500 && sector % 7 === 0);
    buildChildOf(base, 'base.vhd', newer, isChanged, BLOCK).writeTo(file);
  }
  return file;
}

async function show(file: string): Promise<Buffer> {
  return file.endsWith('.raw') ? fs.readFileSync(file) : shownBy(file);
}

let pulled = 0;
async function* inPieces(bytes: Uint8Array, pieceBytes = 512 * KIB): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    pulled += 1;
    yield await Promise.resolve(bytes.subarray(from, from + pieceBytes));
  }
}

interface Writing {
  readonly offset?: number;
  readonly noUndo?: boolean;
  readonly length?: number;
  readonly breakChildren?: boolean;
}
function write(
  file: string,
  source: AsyncIterable<Uint8Array>,
  { offset = 100, ...more }: Writing = {},
  context: OperationContext = {},
): Promise<OperationResult> {
  const format = file.endsWith('.raw') ? ('raw' as const) : undefined;
  return writeGuest({ image: { path: file, format }, offset, history: history(), ...more }, source, context);
}

/** Old content outside `[from, end)`, new inside. */
async function expectNewExactly(file: string, before: Buffer, from: number, end: number): Promise<void> {
  const expected = Buffer.from(before);
  expected.fill(0xa7, from, end);
  expect((await show(file)).equals(expected)).toBe(true);
}

beforeEach(() => {
  pulled = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(KINDS)('writing into a disk of kind %s', (kind) => {
  it('can be taken back byte for byte, once it is done', async () => {
    const file = build(kind);
    const before = fs.readFileSync(file);
    const shown = await show(file);
    const result = await write(file, inPieces(fresh.subarray(0, 12 * MIB + 700)), { offset: 3 * MIB + 100 });
    await expectNewExactly(file, shown, 3 * MIB + 100, 15 * MIB + 800);
    expect(result.journal).toMatch(/history/);
    expect(result.changed).toEqual(['Wrote 12 MiB + 700 bytes (12,583,612 bytes) from byte 3,145,828 on.']);
    const [listed] = await listJournals(history());
    expect(listed).toMatchObject({ operation: 'write', state: 'settled', usable: true });
    await undoImage(file, history());
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  it('leaves it as it was where the stream is longer than the disk', async () => {
    const file = build(kind);
    const before = fs.readFileSync(file);
    const error = await errorOf(write(file, inPieces(fresh)));
    expect(error).toMatchObject({
      code: 'input-too-long',
      kind: 'refused',
      message: expect.stringContaining(
        'from byte 100 on, 20 MiB - 100 bytes (20,971,420 bytes) fit',
      ) as string,
      unchanged: expect.stringContaining('byte for byte') as string,
    });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    expect(await pendingJournal(file)).toBeNull();
    expect(await listJournals(history())).toEqual([]);
  });

  it('without undo says exactly which bytes are new where the stream is longer than the disk', async () => {
    const file = build(kind);
    const shown = await show(file);
    const error = await errorOf(write(file, inPieces(fresh), { noUndo: true }));
    expect(error).toMatchObject({
      code: 'input-too-long',
      unchanged: 'Bytes 100 to 16,777,215 are new, everything else is as it was.',
    });
    await expectNewExactly(file, shown, 100, 16 * MIB);
    expect(fs.existsSync(at('history'))).toBe(false);
  });

  it.each([
    ['while it writes', 'write'],
    ['while it reads back', 'verify'],
  ])('leaves it as it was where it is cancelled %s', async (_when, wanted) => {
    const file = build(kind);
    const before = fs.readFileSync(file);
    const cancelling = new AbortController();
    const onProgress: OperationContext['onProgress'] = ({ phase, doneBytes }) => {
      if (phase === wanted && doneBytes > 0) cancelling.abort();
    };
    const context = { signal: cancelling.signal, onProgress };
    const error = await errorOf(write(file, inPieces(fresh.subarray(0, 12 * MIB)), {}, context));
    expect(error).toMatchObject({
      code: 'cancelled',
      unchanged: expect.stringContaining('byte for byte') as string,
    });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    expect(await pendingJournal(file)).toBeNull();
  });

  it('without undo says exactly which bytes are new where it is cancelled', async () => {
    const file = build(kind);
    const shown = await show(file);
    const cancelling = new AbortController();
    const onProgress: OperationContext['onProgress'] = ({ doneBytes }) => {
      if (doneBytes > 0) cancelling.abort();
    };
    const writing = write(
      file,
      inPieces(fresh.subarray(0, 12 * MIB)),
      { noUndo: true },
      { signal: cancelling.signal, onProgress },
    );
    const error = (await errorOf(writing)) as AppError;
    expect(error).toMatchObject({
      code: 'cancelled',
      unchanged: 'Bytes 100 to 8,388,607 are new, everything else is as it was.',
    });
    expect(error.hint).toContain('--offset 8388608');
    await expectNewExactly(file, shown, 100, 8 * MIB);
  });

  it('leaves it as it was where the input cannot be read any further', async () => {
    const file = build(kind);
    const before = fs.readFileSync(file);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* inPieces(fresh.subarray(0, 9 * MIB));
      throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' });
    };
    const error = await errorOf(write(file, failing()));
    expect(error).toMatchObject({
      kind: 'system',
      unchanged: expect.stringContaining('byte for byte') as string,
    });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a file that is written into itself', () => {
  it('is refused before anything is read, whatever name it goes by', async () => {
    const file = build('fixed');
    fs.linkSync(file, at('hard.vhd'));
    fs.symlinkSync(file, at('soft.vhd'));
    const before = fs.readFileSync(file);
    for (const target of [file, at('hard.vhd'), at('soft.vhd')]) {
      for (const noUndo of [false, true]) {
        const inputFile = await identityOfPath(file);
        const writing = writeGuest(
          { image: { path: target }, offset: 512, inputFile, noUndo },
          inPieces(before),
        );
        expect(await errorOf(writing)).toMatchObject({ code: 'target-is-source', kind: 'usage' });
      }
    }
    expect(pulled).toBe(0);
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused where it is an ancestor of the image', async () => {
    const file = build('child');
    const inputFile = await identityOfPath(at('base.vhd'));
    const writing = writeGuest({ image: { path: file }, offset: 0, inputFile }, inPieces(fresh));
    expect(await errorOf(writing)).toMatchObject({
      code: 'target-is-source',
      message: expect.stringContaining('base.vhd') as string,
    });
    expect(pulled).toBe(0);
  });
});

describe('a write that changes nothing', () => {
  it('of no bytes at all makes no journal, and breaks no child', async () => {
    build('child');
    const before = fs.readFileSync(at('base.vhd'));
    for (const noUndo of [false, true]) {
      const result = await write(at('base.vhd'), inPieces(Buffer.alloc(0)), { breakChildren: true, noUndo });
      expect(result).toMatchObject({
        changed: ['The input was empty; nothing was written.'],
        journal: null,
        warnings: [],
      });
    }
    expect(fs.readFileSync(at('base.vhd')).equals(before)).toBe(true);
    const { warnings } = await write(at('base.vhd'), inPieces(Buffer.alloc(1, 7)), { breakChildren: true });
    expect(warnings.join()).toContain('d.vhd');
  });

  it('of zeros where nothing is stored allocates nothing and makes no journal', async () => {
    await createImage({ path: at('d.vhd'), type: 'dynamic', sizeBytes: SIZE });
    const before = fs.readFileSync(at('d.vhd'));
    for (const noUndo of [false, true]) {
      const result = await write(at('d.vhd'), inPieces(Buffer.alloc(18 * MIB)), { noUndo });
      expect(result.journal).toBeNull();
    }
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect(fs.readdirSync(at())).toEqual(['d.vhd']);
  });
});

describe('the undo journal of a write', () => {
  it('copies no holes and no blocks that were not there', async () => {
    await createImage({ path: at('f.vhd'), type: 'fixed', sizeBytes: SIZE, allocate: 'sparse' });
    await createImage({ path: at('d.vhd'), type: 'dynamic', sizeBytes: SIZE });
    for (const name of ['f.vhd', 'd.vhd']) {
      const { journal } = await write(at(name), inPieces(fresh.subarray(0, 12 * MIB)));
      expect(fs.statSync(journal ?? '').size).toBeLessThan(64 * KIB);
    }
  });

  it('costs two flushes for many small pieces, and those of its end', async () => {
    const file = build('fixed');
    const flushes = vi.spyOn(fs, 'fdatasync');
    await write(file, inPieces(fresh.subarray(0, 16 * MIB), 4 * KIB), { offset: 0 });
    expect(flushes.mock.calls.length).toBeGreaterThan(2);
    expect(flushes.mock.calls.length).toBeLessThan(8);
  });

  it('saves small blocks that lie side by side in one piece, their bitmaps among them', async () => {
    const old = Buffer.alloc(512 * KIB, 0x31);
    buildDynamicOf(old, 4 * KIB).writeTo(at('d.vhd'));
    const { journal } = await write(at('d.vhd'), inPieces(fresh.subarray(0, 512 * KIB)), { offset: 0 });
    const { saved } = await readJournal(journal ?? '');
    expect(saved).toHaveLength(1);
  });

  it('is counted before anything is written, and may be left out for want of room', async () => {
    const file = build('fixed');
    const before = fs.readFileSync(file);
    const stats = { type: 0x01021994, bsize: 4096, bavail: 256 };
    vi.spyOn(fs, 'statfs').mockImplementation(((_path: string, done: (error: null, found: unknown) => void) =>
      done(null, stats)) as never);
    const input = { length: 4 * MIB };
    const error = await errorOf(write(file, inPieces(fresh.subarray(0, 4 * MIB)), input));
    expect(error).toMatchObject({
      code: 'no-space',
      message: expect.stringContaining('undo journal') as string,
      hint: expect.stringContaining('--no-undo') as string,
      unchanged: 'Nothing was written.',
    });
    expect(pulled).toBe(0);
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    const done = await write(file, inPieces(fresh.subarray(0, 4 * MIB)), { ...input, noUndo: true });
    expect(done).toMatchObject({ verified: true, journal: null });
  });

  it('that was left by an interrupted write stops the next one until it is rolled back', async () => {
    const file = build('dynamic');
    const before = fs.readFileSync(file);
    // what a killed process leaves: nobody closes, settles or rolls back
    const { JournaledFile } = await import('../../../src-main/engine/repair');
    const { openForWriting } = await import('../../../src-main/engine/io/open-for-writing');
    const image = await openForWriting(file);
    const journaled = await JournaledFile.begin(image, { operation: 'write', title: 'Write' }, history());
    await journaled.writeAt(Buffer.alloc(4096, 1), 8192);
    await journaled.close();
    await image.close();
    for (const noUndo of [false, true])
      expect(await errorOf(write(file, inPieces(fresh), { noUndo }))).toMatchObject({
        code: 'journal-pending',
      });
    await undoImage(file, history());
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });
});

describe('what does not fit', () => {
  it.each([
    [
      19 * MIB,
      2 * MIB,
      'From byte 19,922,944 on, 1 MiB (1,048,576 bytes) fit. All of it fits up to --offset 18874368.',
    ],
    [30 * MIB, MIB, "The disk's bytes are 0 to 20,971,519. All of it fits up to --offset 19922944."],
    [0, 21 * MIB, 'From byte 0 on, 20 MiB (20,971,520 bytes) fit. All of it needs a larger disk'],
    [-5, 10, "The disk's bytes are 0 to 20,971,519."],
  ])('is refused with what would: offset %i, length %i', async (offset, length, hint) => {
    const file = build('raw');
    const error = (await errorOf(write(file, inPieces(fresh), { offset, length }))) as AppError;
    expect(error).toMatchObject({ code: 'usage', unchanged: 'Nothing was written.' });
    expect(error.hint).toContain(hint);
    expect(pulled).toBe(0);
  });

  it('is a piece of a split set, which is no image of its own', async () => {
    const bytes = fs.readFileSync(build('dynamic'));
    fs.writeFileSync(at('s.vhd'), bytes.subarray(0, 4 * MIB));
    fs.writeFileSync(at('s.v01'), bytes.subarray(4 * MIB));
    const error = await errorOf(write(at('s.vhd'), inPieces(fresh.subarray(0, 10))));
    expect(error).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('split set') as string,
    });
    expect(fs.readFileSync(at('s.vhd')).equals(bytes.subarray(0, 4 * MIB))).toBe(true);
  });
});
