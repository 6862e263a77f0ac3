import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileRegistry } from '../../../src-main/services/files/file-registry';
import { RecentFiles } from '../../../src-main/services/files/recents';
import { FolderRoots, unlimitedRoots } from '../../../src-main/services/files/roots';
import { readSettings, SettingsService } from '../../../src-main/services/settings';
import { JsonStore } from '../../../src-main/services/store/json-store';
import { dataFolder } from '../../../src-main/services/store/data-folder';
import { DEFAULT_SETTINGS } from '../../../src-shared/model/settings';
import { useTempFolders } from '../../support/temp';

const tempFolder = useTempFolders();
const asList = (raw: unknown): readonly number[] =>
  Array.isArray(raw) ? raw.filter((item): item is number => typeof item === 'number') : [];

describe('a small document', () => {
  it('is there again after a restart, and leaves no other file behind', async () => {
    const folder = path.join(tempFolder(), 'new', 'folder');
    const file = path.join(folder, 'list.json');
    await new JsonStore(file, asList).set([1, 2]);
    expect(await new JsonStore(file, asList).get()).toEqual([1, 2]);
    expect(fs.readdirSync(folder)).toEqual(['list.json']);
    if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o077).toBe(0);
  });

  it('that is damaged is set aside, and the defaults are used', async () => {
    const file = path.join(tempFolder(), 'list.json');
    fs.writeFileSync(file, '[1, 2');
    const store = new JsonStore(file, asList);
    expect(await store.get()).toEqual([]);
    expect(fs.readFileSync(`${file}.damaged`, 'utf8')).toBe('[1, 2');
    await store.set([3]);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual([3]);
  });

  it('loses no change when many come at once, the first reading included', async () => {
    const file = path.join(tempFolder(), 'list.json');
    fs.writeFileSync(file, '[0]');
    const store = new JsonStore(file, asList);
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.update((list) => [...list, index + 1])));
    expect((await new JsonStore(file, asList).get()).length).toBe(21);
  });

  it('that cannot be written leaves the old one and no temporary file', async () => {
    const folder = tempFolder();
    const file = path.join(folder, 'list.json');
    fs.mkdirSync(file);
    await expect(new JsonStore(file, asList).set([1])).rejects.toThrow();
    expect(fs.readdirSync(folder)).toEqual(['list.json']);
  });
});

describe('settings', () => {
  it.each([
    undefined,
    null,
    7,
    'x',
    [],
    { theme: 'pink', units: 3, undoQuotaBytes: -1, defaultCreator: 'toolong' },
  ])('made of %j are the defaults', (raw) => expect(readSettings(raw)).toEqual(DEFAULT_SETTINGS));

  it('keep every valid value, whatever stands beside it', () => {
    expect(readSettings({ theme: 'dark', units: 'nonsense', extra: 1, version: 99 })).toEqual({
      ...DEFAULT_SETTINGS,
      theme: 'dark',
    });
  });

  it('take a patch, and what is undefined in it stays', async () => {
    const service = new SettingsService(path.join(tempFolder(), 'settings.json'));
    await service.set({ theme: 'dark' });
    expect(await service.set({ units: 'decimal', theme: undefined })).toMatchObject({
      theme: 'dark',
      units: 'decimal',
    });
  });
});

describe('recent files', () => {
  const facts = { type: 'dynamic', verdict: 'clean', virtualSizeBytes: 5 };

  it('are newest first, each once, at most thirty; a missing one stays, marked', async () => {
    const folder = tempFolder();
    const roots = unlimitedRoots(folder);
    const recents = new RecentFiles(path.join(folder, 'recents.json'), new FileRegistry(roots), roots);
    const here = path.join(folder, 'here.vhd');
    fs.writeFileSync(here, 'x');
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => recents.remember(path.join(folder, `${index}`), facts)),
    );
    await recents.remember(here, facts);
    await recents.remember(path.join(folder, 'gone.vhd'), facts);
    await recents.remember(here, facts);
    const list = await recents.list();
    expect(list).toHaveLength(30);
    expect(list.slice(0, 2).map(({ name, missing }) => [name, missing])).toEqual([
      ['here.vhd', false],
      ['gone.vhd', true],
    ]);
  });

  it('outside the roots are not shown to a browser', async () => {
    const [root, outside] = [tempFolder('root'), tempFolder('outside')];
    const file = path.join(outside, 'secret.vhd');
    fs.writeFileSync(file, 'x');
    const store = path.join(outside, 'recents.json');
    const everywhere = unlimitedRoots(root);
    await new RecentFiles(store, new FileRegistry(everywhere), everywhere).remember(file, facts);
    const roots = new FolderRoots([root]);
    expect(await new RecentFiles(store, new FileRegistry(roots), roots).list()).toEqual([]);
  });

  it('survive rubbish in their file', async () => {
    const folder = tempFolder();
    const store = path.join(folder, 'recents.json');
    fs.writeFileSync(
      store,
      JSON.stringify([null, 1, {}, { path: 5 }, { path: '/a.vhd', lastOpenedAt: 'x', type: 7 }]),
    );
    const roots = unlimitedRoots(folder);
    const list = await new RecentFiles(store, new FileRegistry(roots), roots).list();
    expect(list).toMatchObject([{ name: 'a.vhd', type: null, missing: true }]);
  });
});

describe('the data folder', () => {
  it('is where each system has it, unless told otherwise', () => {
    expect(dataFolder({ PLATTER_DATA_DIR: '/x/y' }, 'linux')).toBe(path.resolve('/x/y'));
    expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/platter');
    expect(dataFolder({}, 'linux')).toMatch(/\.local\/share\/platter$/);
    expect(dataFolder({}, 'darwin')).toMatch(/Library\/Application Support\/Platter$/);
    expect(dataFolder({ APPDATA: '/roaming' }, 'win32')).toBe('/roaming/Platter');
  });
});
