import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { JournaledFile, pendingJournal, undoImage } from '../../src-main/engine/repair';
import { FaultyFile, MemoryFile } from '../support/fake-files';
import { useTempFolders } from '../support/temp';
import { buildVhd } from '../support/vhd-builder';
import { seededRandom } from '../support/random';

const folder = useTempFolders();
const SECTOR = 512;

interface Moment {
  readonly image: Uint8Array;
  readonly journal: Buffer | null;
  readonly label: string;
}

/** Keeps, at every change of the image, all that a power cut could leave of it, with the journal as it was flushed. */
class CutFile extends MemoryFile {
  readonly moments: Moment[] = [];
  readonly #random = seededRandom(7);
  #durable: Uint8Array;
  #unflushed: { offset: number; bytes: Uint8Array }[] = [];

  constructor(bytes: Uint8Array, imagePath: string) {
    super(bytes, imagePath);
    this.#durable = Uint8Array.from(bytes);
  }

  override async writeAt(source: Uint8Array, offset: number): Promise<void> {
    this.#unflushed.push({ offset, bytes: Uint8Array.from(source) });
    await super.writeAt(source, offset);
    this.#keep(`write of ${source.length} at ${offset}`);
  }

  override async setSize(bytes: number): Promise<void> {
    await super.setSize(bytes);
    // a change of the length may be durable before or after the writes around it: both are kept
    this.#keep(`size ${bytes}, not durable`);
    const resized = new Uint8Array(bytes);
    resized.set(this.#durable.subarray(0, Math.min(bytes, this.#durable.length)));
    this.#durable = resized;
    this.#keep(`size ${bytes}`);
  }

  override async flush(): Promise<void> {
    this.#durable = this.bytes();
    this.#unflushed = [];
    this.#keep('flush');
    await super.flush();
  }

  #keep(label: string): void {
    const journalPath = `${this.path}.platter-undo`;
    const journal = fs.existsSync(journalPath) ? fs.readFileSync(journalPath) : null;
    for (let sample = 0; sample < 3; sample += 1) {
      let image = Uint8Array.from(this.#durable);
      for (const { offset, bytes } of this.#unflushed) {
        for (let at = 0; at < bytes.length;) {
          const end = Math.min(bytes.length, at + SECTOR - ((offset + at) % SECTOR));
          if (this.#random() < 0.6) {
            const needed = offset + end;
            if (needed > image.length) {
              const longer = new Uint8Array(needed);
              longer.set(image);
              image = longer;
            }
            image.set(bytes.subarray(at, end), offset + at);
          }
          at = end;
        }
      }
      this.moments.push({ image, journal, label });
    }
  }
}

const built = () =>
  buildVhd({
    type: 'dynamic',
    sizeBytes: 512 * 1024,
    blockSizeBytes: 32 * 1024,
    blocks: [{ index: 3 }, { index: 1 }, { index: 9 }],
  });

describe('a power cut in the middle of a journalled change', () => {
  it('can always be rolled back to the very bytes of before', async () => {
    const into = folder();
    const imagePath = path.join(into, 'disk.vhd');
    const before = built().bytes();
    fs.writeFileSync(imagePath, before);
    const image = new CutFile(before, imagePath);
    const journaled = await JournaledFile.begin(image, { operation: 'repair', title: 'A change' });
    await journaled.protect([{ start: 4000, end: 9000 }]);
    await journaled.writeAt(new Uint8Array(3000).fill(1), 5000);
    await journaled.writeAt(new Uint8Array(700).fill(2), 1540);
    await journaled.flush();
    await journaled.setSize(before.length - 40_000);
    await journaled.writeAt(new Uint8Array(5000).fill(3), before.length - 45_000);
    await journaled.zeroRange(600, 9000);
    await journaled.setSize(before.length + 10_000);
    await journaled.writeAt(new Uint8Array(2000).fill(4), before.length + 9000);
    await journaled.flush();
    expect(image.moments.length).toBeGreaterThan(20);
    await journaled.close();
    for (const moment of image.moments) {
      fs.writeFileSync(imagePath, moment.image);
      expect(moment.journal, moment.label).not.toBeNull();
      fs.writeFileSync(`${imagePath}.platter-undo`, moment.journal ?? '');
      expect(await pendingJournal(imagePath), moment.label).not.toBeNull();
      await undoImage(imagePath);
      expect(Buffer.compare(fs.readFileSync(imagePath), before), moment.label).toBe(0);
      expect(fs.readdirSync(into)).toEqual(['disk.vhd']);
    }
  });

  it('in the middle of the way back, the way back can be gone again', async () => {
    const into = folder();
    const imagePath = path.join(into, 'disk.vhd');
    const before = built().bytes();
    const image = new CutFile(before, imagePath);
    fs.writeFileSync(imagePath, before);
    const journaled = await JournaledFile.begin(image, { operation: 'repair', title: 'A change' });
    await journaled.writeAt(new Uint8Array(9000).fill(1), 100);
    await journaled.setSize(20_000);
    const journal = fs.readFileSync(journaled.journalPath);
    image.moments.length = 0;
    await journaled.rollBack();
    const moments = [...image.moments];
    expect(Buffer.compare(image.bytes(), before)).toBe(0);
    expect(moments.length).toBeGreaterThan(3);
    for (const moment of moments) {
      fs.writeFileSync(imagePath, moment.image);
      fs.writeFileSync(`${imagePath}.platter-undo`, journal);
      await undoImage(imagePath);
      expect(Buffer.compare(fs.readFileSync(imagePath), before), moment.label).toBe(0);
    }
  });
});

describe('a disk that fails in the middle of a change', () => {
  it('and fails again on the way back: the journal stays, and the way back can be gone later', async () => {
    const into = folder();
    const imagePath = path.join(into, 'disk.vhd');
    const before = built().bytes();
    fs.writeFileSync(imagePath, before);
    const memory = new MemoryFile(before, imagePath);
    let writes = 0;
    const image = new FaultyFile(memory, ({ name }) => {
      if (name !== 'writeAt') return null;
      writes += 1;
      return writes > 1 ? { errno: 'EIO' } : null;
    });
    const journaled = await JournaledFile.begin(image, { operation: 'repair', title: 'Fails twice' });
    await journaled.writeAt(new Uint8Array(2000).fill(1), 3000);
    await expect(journaled.writeAt(new Uint8Array(2000), 9000)).rejects.toMatchObject({ code: 'io-error' });
    await expect(journaled.rollBack()).rejects.toMatchObject({ code: 'journal-pending' });
    fs.writeFileSync(imagePath, memory.bytes());
    await undoImage(imagePath);
    expect(Buffer.compare(fs.readFileSync(imagePath), before)).toBe(0);
  });

  it('is rolled back to the very bytes of before, whichever write fails', async () => {
    for (let failing = 1; failing <= 4; failing += 1) {
      const into = folder();
      const imagePath = path.join(into, 'disk.vhd');
      const before = built().bytes();
      fs.writeFileSync(imagePath, before);
      const memory = new MemoryFile(before, imagePath);
      let writes = 0;
      const image = new FaultyFile(memory, ({ name, length }) => {
        if (name !== 'writeAt') return null;
        writes += 1;
        return writes === failing ? { errno: 'ENOSPC', doneBytes: Math.floor(length / 2) } : null;
      });
      const journaled = await JournaledFile.begin(image, { operation: 'repair', title: 'Fails' });
      const change = async (): Promise<void> => {
        for (const offset of [100, 3000, 20_000, 50_000])
          await journaled.writeAt(new Uint8Array(2000).fill(offset & 0xff), offset);
      };
      await expect(change()).rejects.toMatchObject({ code: 'no-space' });
      await journaled.rollBack();
      expect(Buffer.compare(memory.bytes(), before)).toBe(0);
      expect(fs.readdirSync(into)).toEqual(['disk.vhd']);
    }
  });
});
