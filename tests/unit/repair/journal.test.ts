import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openForWriting } from '../../../src-main/engine/io';
import {
  deleteJournal,
  finishRepair,
  JournaledFile,
  listJournals,
  pendingChange,
  pendingJournal,
  undoImage,
} from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { Bench, changed, dynamicKnobs, fixedKnobs, repairAndUndo } from './repair-kit';

const folder = useTempFolders();

/** The same change, left as a process that died would leave it. */
async function interrupted(bench: Bench): Promise<void> {
  const image = await openForWriting(bench.path);
  const journaled = await JournaledFile.begin(image, {
    operation: 'repair',
    title: 'Interrupted',
    request: {},
  });
  await journaled.writeAt(new Uint8Array(1000).fill(0xbb), 70);
  await journaled.setSize(2000);
  await journaled.close();
  await image.close();
}

describe('an undo journal', () => {
  it('lies in the history once settled, and gives the file back byte for byte with its time', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const before = bench.bytes();
    fs.utimesSync(bench.path, 1_600_000_000, 1_600_000_000.25);
    const modified = fs.statSync(bench.path).mtimeMs;
    const journal = await changed(bench);
    expect(path.dirname(journal)).toBe(bench.historyFolder);
    expect(bench.bytes().equals(before)).toBe(false);
    expect(await listJournals({ historyFolder: bench.historyFolder })).toEqual([
      expect.objectContaining({
        state: 'settled',
        usable: true,
        reason: null,
        imagePath: bench.path,
        title: 'A change',
      }),
    ]);
    const result = await bench.undo();
    expect(result.restoredBytes).toBeGreaterThanOrEqual(3000);
    expect(bench.bytes().equals(before)).toBe(true);
    expect(fs.statSync(bench.path).mtimeMs).toBeCloseTo(modified, 2);
    const [record] = await listJournals({ historyFolder: bench.historyFolder });
    expect(record).toMatchObject({
      state: 'undone',
      usable: false,
      title: 'A change',
      journalPath: journal,
      imagePath: bench.path,
      changedBytes: result.restoredBytes,
      undoneAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    });
    expect(record?.sizeBytes, 'no bytes are kept').toBeLessThan(2048);
  });

  it('is no longer to be undone once it was, and can be removed from the list', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const options = { historyFolder: bench.historyFolder };
    const journal = await changed(bench);
    await bench.undo();
    const before = bench.bytes();
    await expect(undoImage(journal, options)).rejects.toMatchObject({ code: 'nothing-to-undo' });
    await expect(bench.undo()).rejects.toMatchObject({ code: 'nothing-to-undo' });
    expect(bench.bytes().equals(before)).toBe(true);
    await deleteJournal(journal);
    expect(await listJournals(options)).toEqual([]);
  });

  it('takes changes back one after another, newest first', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const states = [bench.bytes()];
    for (const title of ['one', 'two', 'three']) {
      await changed(bench, title);
      states.push(bench.bytes());
    }
    for (let at = 2; at >= 0; at -= 1) {
      await bench.undo();
      expect(bench.bytes().equals(states[at] ?? Buffer.alloc(0))).toBe(true);
    }
    await expect(bench.undo()).rejects.toMatchObject({ code: 'nothing-to-undo' });
  });

  it('lies beside the image while in flight; the next change is refused until it is rolled back', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const before = bench.bytes();
    await interrupted(bench);
    expect(fs.existsSync(`${bench.path}.platter-undo`)).toBe(true);
    expect((await pendingJournal(bench.path))?.begin.title).toBe('Interrupted');
    await expect(changed(bench)).rejects.toMatchObject({ code: 'journal-pending' });
    const [listed] = await listJournals({ historyFolder: bench.historyFolder, imagePath: bench.path });
    expect(listed).toMatchObject({ state: 'inFlight', usable: true });
    await expect(deleteJournal(`${bench.path}.platter-undo`)).rejects.toMatchObject({
      code: 'journal-pending',
    });
    await bench.undo();
    expect(bench.bytes().equals(before)).toBe(true);
    expect(await pendingJournal(bench.path)).toBeNull();
  });

  it('lies beside the real file where the image was opened through a link', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const link = path.join(path.dirname(bench.path), 'link.vhd');
    fs.symlinkSync(bench.path, link);
    const image = await openForWriting(link);
    const journaled = await JournaledFile.begin(image, { operation: 'edit', title: 'Through a link' });
    await journaled.writeAt(new Uint8Array([1]), 600);
    await journaled.close();
    await image.close();
    expect(fs.existsSync(`${bench.path}.platter-undo`)).toBe(true);
  });

  it('says what an interrupted change was and what can be done about it', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const options = { historyFolder: bench.historyFolder };
    expect(await pendingChange(bench.path, options)).toBeNull();
    await interrupted(bench);
    expect(await pendingChange(bench.path, options)).toMatchObject({
      state: 'inFlight',
      title: 'Interrupted',
      usable: true,
      finishable: true,
    });
    await bench.undo();
    expect(await pendingChange(bench.path, options)).toBeNull();
    fs.writeFileSync(`${bench.path}.platter-undo`, 'garbage');
    expect(await pendingChange(bench.path, options)).toMatchObject({
      state: 'damaged',
      usable: false,
      finishable: false,
    });
  });

  it.each([
    ['of one-byte letters', `${'n'.repeat(251)}.vhd`],
    ['of letters of three bytes', `${'\u672c'.repeat(83)}xx.vhd`],
  ])('serves an image whose name takes all 255 bytes, %s', async (_kind, name) => {
    expect(Buffer.byteLength(name)).toBe(255);
    const into = folder();
    const bench = new Bench(into, dynamicKnobs({ footer: { features: 0 } }), name);
    const before = bench.bytes();
    await repairAndUndo(bench);
    await interrupted(bench);
    const [beside] = fs.readdirSync(into).filter((entry) => entry.endsWith('.platter-undo'));
    expect(Buffer.byteLength(beside ?? '')).toBeLessThanOrEqual(255);
    const options = { historyFolder: bench.historyFolder };
    expect(await listJournals({ ...options, imagePath: bench.path })).toContainEqual(
      expect.objectContaining({ state: 'inFlight', usable: true, imagePath: bench.path }),
    );
    await expect(changed(bench)).rejects.toMatchObject({ code: 'journal-pending' });
    await expect(deleteJournal(path.join(into, beside ?? ''))).rejects.toMatchObject({
      code: 'journal-pending',
    });
    // by the journal's own path, as its name no longer tells the image's
    await undoImage(path.join(into, beside ?? ''), options);
    expect(bench.bytes().equals(before)).toBe(true);
    await interrupted(bench);
    const plan = await finishRepair(bench.path, options);
    expect(plan.applied).toBe(true);
    await bench.undo();
    expect(bench.bytes().equals(before)).toBe(true);
    // and where the history cannot be had, so that the settled journal stays beside the image
    fs.rmSync(bench.historyFolder, { recursive: true });
    fs.writeFileSync(bench.historyFolder, 'a file, no folder');
    const settled = await changed(bench);
    expect(path.dirname(settled)).toBe(into);
    await undoImage(settled);
    expect(bench.bytes().equals(before)).toBe(true);
  });

  it('rolls back at once when its change fails', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const before = bench.bytes();
    const image = await openForWriting(bench.path);
    const journaled = await JournaledFile.begin(image, { operation: 'edit', title: 'Fails' });
    await journaled.writeAt(new Uint8Array(5000).fill(1), 300);
    await journaled.rollBack();
    await image.close();
    expect(bench.bytes().equals(before)).toBe(true);
    expect(fs.readdirSync(path.dirname(bench.path))).toEqual(['disk.vhd']);
  });

  it('leaves nothing behind where nothing was changed', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const image = await openForWriting(bench.path);
    const journaled = await JournaledFile.begin(image, { operation: 'edit', title: 'Nothing' });
    expect(await journaled.settle({ historyFolder: bench.historyFolder })).toBeNull();
    await image.close();
    expect(fs.readdirSync(path.dirname(bench.path))).toEqual(['disk.vhd']);
  });

  it('stays beside the image where the history folder cannot be had', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const before = bench.bytes();
    fs.writeFileSync(bench.historyFolder, 'a file, no folder');
    const journal = await changed(bench);
    expect(path.dirname(journal)).toBe(path.dirname(bench.path));
    fs.rmSync(bench.historyFolder);
    const second = await changed(bench);
    expect(path.dirname(second)).toBe(bench.historyFolder);
    await bench.undo();
    await bench.undo();
    expect(bench.bytes().equals(before)).toBe(true);
  });
});

describe('the order of writes', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('every old byte is flushed in the journal before its place in the image is written', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({ extraEntries: 2, footer: { features: 0 }, trailing: new Uint8Array(700) }),
    );
    const paths = new Map<number, string>();
    const log: string[] = [];
    const { open, write, fdatasync, fsync, ftruncate } = fs;
    const kindOf = (fd: number): string => {
      const name = paths.get(fd) ?? '';
      return name.includes('platter-undo') ? 'journal' : name === bench.path ? 'image' : 'other';
    };
    vi.spyOn(fs, 'open').mockImplementation(((
      file: string,
      flags: number,
      mode: number,
      done: (error: Error | null, fd: number) => void,
    ) => {
      open(file, flags, mode, (error, fd) => {
        paths.set(fd, file);
        done(error, fd);
      });
    }) as typeof fs.open);
    const noting = <T extends (fd: number, ...rest: never[]) => void>(name: string, original: T): T =>
      ((fd: number, ...rest: never[]) => {
        log.push(`${name} ${kindOf(fd)}`);
        original(fd, ...rest);
      }) as T;
    vi.spyOn(fs, 'write').mockImplementation(noting('write', write as never));
    vi.spyOn(fs, 'fdatasync').mockImplementation(noting('flush', fdatasync as never));
    vi.spyOn(fs, 'fsync').mockImplementation(noting('flush', fsync as never));
    vi.spyOn(fs, 'ftruncate').mockImplementation(noting('cut', ftruncate as never));
    await bench.apply();
    const first = log.findIndex((entry) => entry === 'write image' || entry === 'cut image');
    const before = log.slice(0, first);
    expect(before.lastIndexOf('flush journal')).toBeGreaterThan(before.lastIndexOf('write journal'));
    expect(before).toContain('write journal');
    // the image is durable before the journal says that the change is whole
    const committed = log.lastIndexOf('write journal');
    expect(log.slice(first, committed)).toContain('flush image');
    expect(log.slice(log.lastIndexOf('flush image'), committed)).not.toContain('write image');
    expect(log.slice(committed)).toContain('flush journal');
  });
});

describe('a journal is refused, with the reason, where', () => {
  const refused = async (bench: Bench, reason: RegExp): Promise<void> => {
    const before = bench.bytes();
    await expect(bench.undo()).rejects.toMatchObject({
      code: 'journal-invalid',
      message: expect.stringMatching(reason) as unknown,
    });
    expect(bench.bytes().equals(before)).toBe(true);
    const [listed] = await listJournals({ historyFolder: bench.historyFolder });
    expect(listed?.usable).toBe(false);
    expect(listed?.reason).toMatch(reason);
  };

  it('the image has another length', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    await changed(bench);
    bench.append(new Uint8Array(1));
    await refused(bench, /changed since/);
  });

  it('the metadata was changed', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    await changed(bench);
    bench.write(bench.bytes().length - 512 + 70, [0xff]);
    await refused(bench, /metadata/);
  });

  it('bytes that the change wrote were changed', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    await changed(bench);
    bench.write(1000, [1]);
    await refused(bench, /changed since/);
  });

  it('the image is another one of the same size', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await changed(bench);
    const other = new Bench(folder(), fixedKnobs());
    fs.copyFileSync(journal, `${other.path}.platter-undo`);
    const before = other.bytes();
    await expect(undoImage(`${other.path}.platter-undo`)).rejects.toMatchObject({ code: 'journal-invalid' });
    expect(other.bytes().equals(before)).toBe(true);
  });

  it('it lies beside no image: what it says about paths is not followed', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await changed(bench);
    const elsewhere = path.join(folder(), 'taken-away.platter-undo');
    fs.copyFileSync(journal, elsewhere);
    await expect(undoImage(elsewhere)).rejects.toMatchObject({ code: 'journal-invalid' });
  });

  it('any of its bytes was changed', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await changed(bench);
    const sound = fs.readFileSync(journal);
    const image = bench.bytes();
    for (let at = 0; at < sound.length; at += 13) {
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      fs.writeFileSync(journal, damaged);
      await expect(bench.undo(), `byte ${at}`).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(bench.bytes().equals(image)).toBe(true);
    fs.writeFileSync(journal, sound);
    await bench.undo();
  });

  it('it was cut, anywhere', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const journal = await changed(bench);
    const sound = fs.readFileSync(journal);
    const image = bench.bytes();
    for (let length = 0; length < sound.length; length += 61) {
      fs.writeFileSync(journal, sound.subarray(0, length));
      await expect(bench.undo(), `${length} bytes`).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(bench.bytes().equals(image)).toBe(true);
    const [listed] = await listJournals({ historyFolder: bench.historyFolder });
    expect(listed).toMatchObject({ state: 'damaged', usable: false });
  });

  it('it is garbage, or something else', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    fs.mkdirSync(bench.historyFolder);
    fs.writeFileSync(path.join(bench.historyFolder, 'x.platter-undo'), 'hello');
    const [listed] = await listJournals({ historyFolder: bench.historyFolder });
    expect(listed).toMatchObject({ state: 'damaged', usable: false });
    await expect(bench.undo()).rejects.toMatchObject({ code: 'nothing-to-undo' });
  });
});
