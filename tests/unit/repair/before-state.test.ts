import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openForWriting, readUpTo, type RandomAccessFile } from '../../../src-main/engine/io';
import { BeforeState, JournaledFile, listBeforeStates, undoImage } from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { Bench, dynamicKnobs, fixedKnobs } from './repair-kit';

const folder = useTempFolders();

/** Changes the image under a journal. @returns the settled journal's path. */
async function change(
  bench: Bench,
  title: string,
  work: (image: JournaledFile) => Promise<void>,
): Promise<string> {
  const image = await openForWriting(bench.path);
  try {
    const journaled = await JournaledFile.begin(image, { operation: 'edit', title });
    await work(journaled);
    const journal = await journaled.settle({ historyFolder: bench.historyFolder });
    if (journal === null) throw new Error('nothing was journalled');
    return journal;
  } finally {
    await image.close();
  }
}

const wholeOf = async (file: RandomAccessFile): Promise<Buffer> => {
  try {
    return Buffer.from(await readUpTo(file, 0, await file.size()));
  } finally {
    await file.close();
  }
};

const stateBefore = (bench: Bench, journalPath: string): BeforeState =>
  new BeforeState({ imagePath: bench.path, journalPath, historyFolder: bench.historyFolder });

/** Overwrites in the middle, cuts the tail off and grows again: each of the three ways bytes get lost. */
async function rewrite(journaled: JournaledFile): Promise<void> {
  const size = await journaled.size();
  const footer = await readUpTo(journaled, size - 512, 512);
  await journaled.writeAt(new Uint8Array(3000).fill(0xaa), 5000);
  await journaled.setSize(size - 70_000);
  await journaled.setSize(size + 8192);
  await journaled.writeAt(footer, size + 8192 - 512);
}

describe('the state of an image before a change', () => {
  it('is the old file to the byte, its cut tail and old length included, and nothing is written', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const before = bench.bytes();
    const journal = await change(bench, 'Rewrite', rewrite);
    const after = bench.bytes();
    expect(after.equals(before)).toBe(false);
    const state = await stateBefore(bench, journal).open();
    expect(await state.size()).toBe(before.length);
    expect((await wholeOf(state)).equals(before)).toBe(true);
    expect(bench.bytes().equals(after)).toBe(true);
    expect(fs.existsSync(journal)).toBe(true);
  });

  it('reads in pieces across the edges of what was saved as in one', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const before = bench.bytes();
    const journal = await change(bench, 'Rewrite', rewrite);
    const state = await stateBefore(bench, journal).open();
    for (const offset of [0, 4999, 5000, 7999, 8000, before.length - 70_001, before.length - 1]) {
      const piece = new Uint8Array(700);
      const count = await state.readAt(piece, offset);
      expect(Buffer.from(piece.subarray(0, count)).equals(before.subarray(offset, offset + 700))).toBe(true);
    }
    expect(await state.readAt(new Uint8Array(10), before.length)).toBe(0);
    await state.close();
  });

  it('tells its holes: they tile the old length, and hold zeros', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const before = bench.bytes();
    const journal = await change(bench, 'Rewrite', rewrite);
    const state = await stateBefore(bench, journal).open();
    let position = 0;
    for (const extent of await state.extents(0, before.length + 9999)) {
      expect(extent.offset).toBe(position);
      position += extent.length;
      if (extent.kind === 'hole')
        expect(before.subarray(extent.offset, position).every((byte) => byte === 0)).toBe(true);
    }
    expect(position).toBe(before.length);
    await state.close();
  });

  it('is seen through the changes made since, each of them listed', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const first = bench.bytes();
    const oldest = await change(bench, 'First', rewrite);
    const second = bench.bytes();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const newest = await change(bench, 'Second', (image) =>
      image.writeAt(new Uint8Array(4000).fill(0x55), 4500),
    );
    const states = await listBeforeStates(bench.path, { historyFolder: bench.historyFolder });
    expect(states.map(({ title, reason }) => ({ title, reason }))).toEqual([
      { title: 'Second', reason: null },
      { title: 'First', reason: null },
    ]);
    expect((await wholeOf(await stateBefore(bench, newest).open())).equals(second)).toBe(true);
    expect((await wholeOf(await stateBefore(bench, oldest).open())).equals(first)).toBe(true);
  });

  it.each([
    ['bytes that the change wrote', (bench: Bench) => bench.write(5100, [1])],
    ['the length', (bench: Bench) => bench.append(new Uint8Array(512))],
    ['the footer', (bench: Bench) => bench.write(bench.bytes().length - 500, [9])],
  ])('is refused with a reason where somebody else changed %s since', async (_what, tamper) => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await change(bench, 'Rewrite', rewrite);
    const state = stateBefore(bench, journal);
    await (await state.open()).close();
    tamper(bench);
    await expect(state.open()).rejects.toMatchObject({ code: 'journal-invalid', message: /changed since/ });
    const [listed] = await listBeforeStates(bench.path, { historyFolder: bench.historyFolder });
    expect(listed?.reason).toMatch(/changed since/);
  });

  it('is refused while it is read, from the moment the image changes', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await change(bench, 'Rewrite', rewrite);
    const state = await stateBefore(bench, journal).open();
    await state.readAt(new Uint8Array(100), 5000);
    bench.write(90_000, [1, 2, 3]);
    await expect(state.readAt(new Uint8Array(100), 5000)).rejects.toMatchObject({ code: 'file-changed' });
    await state.close();
  });

  it('is refused where the journal was damaged, and gone once the change was undone', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await change(bench, 'Rewrite', rewrite);
    const state = stateBefore(bench, journal);
    await (await state.open()).close();
    const bytes = fs.readFileSync(journal);
    fs.writeFileSync(journal, bytes.subarray(0, bytes.length - 40));
    await expect(state.open()).rejects.toMatchObject({ code: 'journal-invalid' });
    fs.writeFileSync(journal, bytes);
    await (await state.open()).close();
    await undoImage(bench.path, { historyFolder: bench.historyFolder });
    await expect(state.open()).rejects.toMatchObject({
      code: 'journal-invalid',
      message: /not on record any more/,
    });
    expect(await listBeforeStates(bench.path, { historyFolder: bench.historyFolder })).toEqual([]);
  });

  it('cannot be written', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await change(bench, 'Rewrite', rewrite);
    const state = await stateBefore(bench, journal).open();
    expect(state.writable).toBe(false);
    for (const attempt of [
      () => state.writeAt(new Uint8Array(1), 0),
      () => state.setSize(0),
      () => state.zeroRange(0, 1),
    ])
      await expect(Promise.resolve().then(attempt)).rejects.toThrow();
    await state.close();
  });
});
