import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listJournalHeads, NodeFile } from '../../../src-main/engine';
import { openForWriting } from '../../../src-main/engine/io';
import { JournaledFile, listJournals } from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { openTestDoor, type TestDoor } from './test-services';

const MIB = 1024 * 1024;
const newFolder = useTempFolders();
let temp = '';
let door: TestDoor;
beforeEach(() => {
  temp = newFolder('history');
  door = openTestDoor(temp);
});
afterEach(() => door.services.close());

/** Changes an image through a door that may. @returns its path. */
async function changed(at: TestDoor, name: string): Promise<string> {
  const file = path.join(at.folder, name);
  buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }] }).writeTo(file);
  const fileId = at.idOf(file);
  const set = { creator: 'tap' };
  const { stateToken } = await at.call('edit.plan', { fileId, set });
  await at.call('edit.apply', { fileId, set, stateToken });
  return file;
}

/** Paths that were opened while `work` ran, and the bytes read of each. */
async function readDuring(work: () => Promise<unknown>): Promise<Map<string, number>> {
  const read = new Map<string, number>();
  const { open } = NodeFile;
  NodeFile.open = async (...args: Parameters<typeof open>) => {
    const file = await open.apply(NodeFile, args);
    const readAt = file.readAt.bind(file);
    read.set(file.path, read.get(file.path) ?? 0);
    file.readAt = async (target, offset) => {
      const count = await readAt(target, offset);
      read.set(file.path, (read.get(file.path) ?? 0) + count);
      return count;
    };
    return file;
  };
  try {
    await work();
  } finally {
    NodeFile.open = open;
  }
  return read;
}

describe('the list of changes', () => {
  it('opens no image, and of a journal reads its ends however much it keeps', async () => {
    const file = path.join(door.folder, 'disk.vhd');
    buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).writeTo(file);
    fs.writeFileSync(file, fs.readFileSync(file).fill(1, 4096, 3 * MIB));
    const historyFolder = path.join(door.dataFolder, 'undo');
    const image = await openForWriting(file);
    const journaled = await JournaledFile.begin(
      image,
      { operation: 'edit', title: 'Much' },
      { historyFolder },
    );
    await journaled.writeAt(new Uint8Array(3 * MIB).fill(7), 4096);
    const journal = (await journaled.settle({ historyFolder })) ?? '';
    await image.close();
    const read = await readDuring(async () => {
      const { journals, elsewhere } = await door.call('undo.list', {});
      expect(journals).toMatchObject([
        { imagePath: file, operation: 'edit', state: 'settled', changedBytes: 3 * MIB, journalPath: journal },
      ]);
      expect(elsewhere).toBe(0);
    });
    expect([...read.keys()]).toEqual([journal]);
    expect(read.get(journal)).toBeLessThan(128 * 1024);
    expect(fs.statSync(journal).size).toBeGreaterThan(128 * 1024);
  });

  it('says the same of every journal as the look at its image does', async () => {
    const image = await changed(door, 'disk.vhd');
    await changed(door, 'undone.vhd');
    const { journals } = await door.call('undo.list', {});
    await door.call('undo.apply', { journalId: journals[0]?.id ?? '' });
    fs.writeFileSync(path.join(door.dataFolder, 'undo', 'broken.vhd.platter-undo'), 'no journal');
    fs.copyFileSync(
      journals[1]?.journalPath ?? '',
      path.join(door.dataFolder, 'undo', 'cut.vhd.platter-undo'),
    );
    fs.truncateSync(path.join(door.dataFolder, 'undo', 'cut.vhd.platter-undo'), 700);
    const options = { historyFolder: path.join(door.dataFolder, 'undo') };
    const heads = await listJournalHeads({ ...options, beside: [image] });
    const whole = await listJournals({ ...options, imagePath: image });
    expect(heads.map(({ state }) => state).sort()).toEqual(['damaged', 'damaged', 'settled', 'undone']);
    const ofHead = <T extends object>(one: T): object => ({
      ...one,
      usable: null,
      reason: null,
      finishable: null,
    });
    expect(heads.map(ofHead)).toEqual(whole.map(ofHead));
  });

  it('counts changes of images outside the roots and names none of them', async () => {
    const outside = openTestDoor(path.join(temp, 'outside'), { door: 'desktop' });
    const file = await changed(outside, 'secret.vhd');
    await outside.services.close();
    fs.mkdirSync(path.join(door.dataFolder, 'undo'), { recursive: true });
    for (const name of fs.readdirSync(path.join(outside.dataFolder, 'undo')))
      fs.copyFileSync(path.join(outside.dataFolder, 'undo', name), path.join(door.dataFolder, 'undo', name));
    const read = await readDuring(async () => {
      const list = await door.call('undo.list', {});
      expect(list).toEqual({ journals: [], elsewhere: 1 });
    });
    expect([...read.keys()]).not.toContain(file);
  });
});

describe('a look at a change', () => {
  it('reads journal and image once for each state of them', async () => {
    const image = await changed(door, 'disk.vhd');
    const { journals } = await door.call('undo.list', {});
    const journalId = journals[0]?.id ?? '';
    const looked = { state: 'settled', usable: true, reason: null };
    const first = await readDuring(async () =>
      expect(await door.call('undo.look', { journalId })).toEqual(looked),
    );
    expect([...first.keys()]).toContain(image);
    const second = await readDuring(async () =>
      expect(await door.call('undo.look', { journalId })).toEqual(looked),
    );
    expect([...second.keys()]).not.toContain(image);
    fs.appendFileSync(image, Buffer.alloc(512));
    expect(await door.call('undo.look', { journalId })).toMatchObject({ usable: false, state: 'settled' });
  });

  it('is refused for what is no change on record', async () => {
    expect(await door.errorOf('undo.look', { journalId: 'made-up' })).toMatchObject({ code: 'unknown-file' });
    const image = await changed(door, 'disk.vhd');
    expect(await door.errorOf('undo.look', { journalId: door.idOf(image) })).toMatchObject({
      code: 'nothing-to-undo',
    });
  });
});
