import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../src-main/services/settings';
import { DEFAULT_SETTINGS, SETTINGS_VERSION } from '../../../src-shared/model/settings';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { openTestDoor, type TestDoor } from './test-services';

const tempFolder = useTempFolders();
let door: TestDoor;
let chosen: string;
let image: string;

/** Changes the image so that a settled journal comes to be. */
async function edit(timestamp: string): Promise<void> {
  const fileId = door.idOf(image);
  const set = { timestamp };
  const plan = await door.call('edit.plan', { fileId, set });
  await door.call('edit.apply', { fileId, set, stateToken: plan.stateToken });
}
const journalFolders = async (): Promise<string[]> =>
  (await door.call('undo.list', {})).journals.map(({ journalPath }) => path.dirname(journalPath));

beforeEach(() => {
  door = openTestDoor(tempFolder());
  image = path.join(door.folder, 'disk.vhd');
  buildVhd({ type: 'dynamic', sizeBytes: 8 * 1024 * 1024, blocks: [] }).writeTo(image);
  chosen = path.join(door.folder, 'kept here');
  fs.mkdirSync(chosen);
});
afterEach(() => door.services.close());

describe('the undo folder', () => {
  it('is Platter’s own until one is chosen, and again when the choice is taken back', async () => {
    const own = path.join(door.dataFolder, 'undo');
    expect(await door.call('undo.folder', {})).toMatchObject({ path: own, isDefault: true, missing: null });
    const facts = await door.call('undo.chooseFolder', { folderId: door.idOf(chosen) });
    expect(facts).toMatchObject({ path: path.join(chosen, 'Platter undo'), isDefault: false, missing: null });
    expect(await door.call('undo.chooseFolder', { folderId: null })).toMatchObject({
      path: own,
      isDefault: true,
    });
  });

  it('takes new journals, while those kept elsewhere before can still be undone', async () => {
    const before = fs.readFileSync(image);
    await edit('2020-01-01T00:00:00Z');
    const between = fs.readFileSync(image);
    await door.call('undo.chooseFolder', { folderId: door.idOf(chosen) });
    await edit('2021-01-01T00:00:00Z');
    expect(await journalFolders()).toEqual([
      path.join(chosen, 'Platter undo'),
      path.join(door.dataFolder, 'undo'),
    ]);
    expect((await door.call('undo.folder', {})).usedBytes).toBeGreaterThan(0);
    for (const state of [between, before]) {
      const { journals } = await door.call('undo.list', {});
      const outlooks = await Promise.all(journals.map(({ id }) => door.call('undo.look', { journalId: id })));
      const at = outlooks.findIndex(({ usable }) => usable);
      await door.call('undo.apply', { journalId: journals[at]?.id ?? 'none' });
      expect(fs.readFileSync(image).equals(state)).toBe(true);
    }
  });

  it('that is gone is said to be gone, is not made anew, and loses no journal to nowhere', async () => {
    await door.call('undo.chooseFolder', { folderId: door.idOf(chosen) });
    const kept = path.join(chosen, 'Platter undo');
    fs.rmSync(chosen, { recursive: true });
    await edit('2022-01-01T00:00:00Z');
    expect(fs.existsSync(chosen)).toBe(false);
    expect(await journalFolders()).toEqual([path.join(door.dataFolder, 'undo')]);
    expect(await door.call('undo.folder', {})).toMatchObject({
      path: path.join(door.dataFolder, 'undo'),
      missing: kept,
    });
    fs.mkdirSync(kept, { recursive: true });
    expect(await door.call('undo.folder', {})).toMatchObject({ path: kept, missing: null });
  });

  it('cannot be named by a path, or lie where nothing can be made', async () => {
    expect((await door.errorOf('undo.chooseFolder', { folderId: '/tmp' })).code).toBe('bad-request');
    const file = path.join(door.folder, 'a file');
    fs.writeFileSync(file, '');
    expect((await door.errorOf('undo.chooseFolder', { folderId: door.idOf(file) })).code).toBe(
      'permission-denied',
    );
    expect((await door.call('undo.folder', {})).isDefault).toBe(true);
  });
});

describe('settings of version 1', () => {
  it('come over whole, without a folder that would depend on where Platter was started', () => {
    const old = { version: 1, theme: 'dark', undoFolder: 'relative/undo', undoQuotaBytes: 5 };
    expect(readSettings(old)).toEqual({
      ...DEFAULT_SETTINGS,
      version: SETTINGS_VERSION,
      theme: 'dark',
      undoQuotaBytes: 5,
    });
    expect(readSettings({ ...old, undoFolder: path.resolve('/mnt/undo') }).undoFolder).toBe(
      path.resolve('/mnt/undo'),
    );
  });
});
