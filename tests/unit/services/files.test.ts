import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImageFile } from '../../../src-main/engine';
import { EventHub } from '../../../src-main/services/events';
import { browseFolder } from '../../../src-main/services/files/browse';
import { FileRegistry } from '../../../src-main/services/files/file-registry';
import { FolderRoots, unlimitedRoots } from '../../../src-main/services/files/roots';
import { StartupFiles } from '../../../src-main/services/files/startup';
import { FileWatcher } from '../../../src-main/services/files/watch';
import { readBytes } from '../../../src-main/services/look/bytes';
import { useTempFolders } from '../../support/temp';
import { openTestDoor, type TestDoor } from './test-services';

const tempFolder = useTempFolders();

describe('the roots of the browser door', () => {
  let root: string;
  let outside: string;
  let roots: FolderRoots;
  beforeEach(() => {
    root = tempFolder('root');
    outside = tempFolder('outside');
    roots = new FolderRoots([root]);
    fs.writeFileSync(path.join(root, 'in.vhd'), 'x');
    fs.writeFileSync(path.join(outside, 'out.vhd'), 'x');
  });

  const isAllowed = async (candidate: string): Promise<boolean> => {
    const required = await roots.require(candidate).then(
      () => true,
      () => false,
    );
    return required;
  };

  it('take what lies inside, the root itself, and a new file in it', async () => {
    fs.mkdirSync(path.join(root, 'sub'));
    for (const inside of ['in.vhd', '', 'sub', 'sub/new.vhd', 'missing/new.vhd', '..foo.vhd'])
      expect(await isAllowed(path.join(root, inside)), inside).toBe(true);
  });

  it('refuse what lies outside, by dots, by a like name, and by links of every kind', async () => {
    fs.symlinkSync(path.join(outside, 'out.vhd'), path.join(root, 'link.vhd'));
    fs.symlinkSync(outside, path.join(root, 'folder'));
    fs.symlinkSync(path.join(outside, 'not-yet.vhd'), path.join(root, 'dangling.vhd'));
    fs.symlinkSync(path.join(root, 'link.vhd'), path.join(root, 'link-to-link.vhd'));
    for (const candidate of [
      path.join(outside, 'out.vhd'),
      `${root}/../${path.basename(outside)}/out.vhd`,
      `${root}-2`,
      path.join(root, 'link.vhd'),
      path.join(root, 'folder', 'out.vhd'),
      path.join(root, 'folder', 'new.vhd'),
      path.join(root, 'dangling.vhd'),
      path.join(root, 'link-to-link.vhd'),
      '/',
      '/etc/passwd',
    ]) {
      expect(await isAllowed(candidate), candidate).toBe(false);
      expect(roots.allows(candidate), candidate).toBe(false);
    }
    await expect(roots.require('/etc/passwd')).rejects.toMatchObject({ code: 'outside-roots' });
  });

  it('are taken by what they really are, so that a root may be named by a link', async () => {
    const named = path.join(tempFolder('links'), 'root');
    fs.symlinkSync(root, named);
    const byLink = new FolderRoots([named]);
    expect(byLink.allows(path.join(root, 'in.vhd'))).toBe(true);
    expect(byLink.allows(path.join(named, 'in.vhd'))).toBe(true);
  });

  it('hide hidden files, foreign links, devices and pipes from the chooser, and folders come first', async () => {
    fs.mkdirSync(path.join(root, 'z-folder'));
    fs.writeFileSync(path.join(root, '.hidden.vhd'), 'x');
    fs.symlinkSync(path.join(outside, 'out.vhd'), path.join(root, 'link.vhd'));
    fs.writeFileSync(path.join(root, 'disk 10.vhd'), 'x');
    fs.writeFileSync(path.join(root, 'disk 9.vhd'), 'x');
    const listing = await browseFolder(new FileRegistry(roots), roots, root);
    expect(listing.entries.map(({ name }) => name)).toEqual([
      'z-folder',
      'disk 9.vhd',
      'disk 10.vhd',
      'in.vhd',
    ]);
    expect(listing.parentId).toBeNull();
    await expect(browseFolder(new FileRegistry(roots), roots, outside)).rejects.toMatchObject({
      code: 'outside-roots',
    });
  });
});

describe('ids', () => {
  it('stand for one path each, say nothing of it, and are the same for the same path', () => {
    const registry = new FileRegistry(unlimitedRoots('/home'));
    const a = registry.register('/home/a.vhd');
    expect(registry.register('/home/../home/a.vhd').id).toBe(a.id);
    expect(a).toMatchObject({ name: 'a.vhd', displayPath: '/home/a.vhd' });
    expect(a.id).toMatch(/^[\w-]{16}$/);
    expect(registry.register('/home/b.vhd').id).not.toBe(a.id);
    expect(registry.register('/').name).toBe('/');
  });

  it('of a split image do not bring in pieces that are links', async () => {
    const root = tempFolder('root');
    const outside = tempFolder('outside');
    fs.writeFileSync(path.join(root, 'disk.vhd'), 'x'.repeat(600));
    fs.writeFileSync(path.join(outside, 'secret'), 'secret');
    fs.symlinkSync(path.join(outside, 'secret'), path.join(root, 'disk.v01'));
    const file = await openImageFile(path.join(root, 'disk.vhd'));
    const view = await readBytes(file, 0, 2000).finally(() => file.close());
    expect(Buffer.from(view.bytes).toString()).toBe('x'.repeat(600));
    expect(view.fileSizeBytes).toBe(600);
  });
});

describe('files from outside the page', () => {
  it('wait until a page asks, then come as events, and come back with the page', () => {
    const events = new EventHub();
    const registry = new FileRegistry(unlimitedRoots('/'));
    const startup = new StartupFiles(registry, events);
    const told: string[][] = [];
    events.on('files.opened', ({ files }) => told.push(files.map(({ name }) => name)));
    startup.add(['/a.vhd']);
    expect(told).toEqual([]);
    expect(startup.take().map(({ name }) => name)).toEqual(['a.vhd']);
    expect(startup.take()).toEqual([]);
    startup.add(['/b.vhd']);
    expect(told).toEqual([['b.vhd']]);
    startup.opened(registry.register('/c.vhd').id);
    startup.closed(registry.register('/a.vhd').id);
    startup.pageIsGone();
    startup.add(['/d.vhd']);
    expect(startup.take().map(({ name }) => name)).toEqual(['b.vhd', 'c.vhd', 'd.vhd']);
    expect(told).toHaveLength(1);
  });
});

describe('watching', () => {
  let watcher: FileWatcher;
  let told: string[];
  let file: string;
  beforeEach(async () => {
    const events = new EventHub();
    told = [];
    events.on('file.changed', ({ fileId, kind }) => told.push(`${fileId} ${kind}`));
    watcher = new FileWatcher(events, 3_600_000);
    file = path.join(tempFolder('watch'), 'a.vhd');
    fs.writeFileSync(file, 'one');
    await watcher.watch(file, 'id');
  });
  afterEach(() => watcher.close());

  it('tells a change, a disappearance and a come-back, each once', async () => {
    await watcher.look();
    expect(told).toEqual([]);
    fs.writeFileSync(file, 'three');
    await watcher.look();
    await watcher.look();
    expect(told).toEqual(['id changed']);
    fs.rmSync(file);
    await watcher.look();
    await watcher.look();
    fs.writeFileSync(file, 'back');
    await watcher.look();
    expect(told).toEqual(['id changed', 'id gone', 'id changed']);
  });

  it('keeps quiet about our own changes, but not about what comes after', async () => {
    await watcher.whileChanging(file, async () => {
      fs.writeFileSync(file, 'ours!');
      await watcher.look();
    });
    await watcher.look();
    expect(told).toEqual([]);
    fs.writeFileSync(file, 'theirs!!');
    await watcher.look();
    expect(told).toEqual(['id changed']);
  });

  it('ends with the file’s tab', async () => {
    watcher.unwatch(file);
    fs.writeFileSync(file, 'later');
    await watcher.look();
    expect(told).toEqual([]);
  });
});

describe('new files', () => {
  let door: TestDoor;
  beforeEach(() => {
    door = openTestDoor(tempFolder('targets'));
  });
  afterEach(() => door.services.close());

  it('have their place looked at', async () => {
    const folderId = door.idOf(door.folder);
    fs.writeFileSync(path.join(door.folder, 'there.vhd'), 'x');
    const there = await door.call('files.describeTarget', { target: { folderId, name: 'there.vhd' } });
    expect(there).toMatchObject({ exists: true, writable: true, name: 'there.vhd' });
    expect(there.freeBytes).toBeGreaterThan(0);
    const free = await door.call('files.describeTarget', { target: { folderId, name: 'free.vhd' } });
    expect(free.exists).toBe(false);
  });

  it('are proposed beside the file they are made from, and in the own folder where that cannot be written', async () => {
    const deep = path.join(door.folder, 'deep');
    const source = path.join(deep, 'source.vhd');
    fs.mkdirSync(deep);
    fs.writeFileSync(source, 'x');
    const beside = door.idOf(source);
    expect(await door.call('files.defaultFolder', {})).toMatchObject({ displayPath: door.folder });
    expect(await door.call('files.defaultFolder', { beside })).toMatchObject({ displayPath: deep });
    fs.rmSync(deep, { recursive: true });
    expect(await door.call('files.defaultFolder', { beside })).toMatchObject({ displayPath: door.folder });
    expect(await door.errorOf('files.defaultFolder', { beside: 'AAAAAAAAAAAAAAAA' })).toMatchObject({
      code: 'unknown-file',
    });
  });

  it('of text are written whole, and never over another', async () => {
    const folderId = door.idOf(door.folder);
    const target = { folderId, name: 'report.md' };
    const made = await door.call('files.saveText', { target, text: '# Größe 💾\n' });
    expect(fs.readFileSync(made.displayPath, 'utf8')).toBe('# Größe 💾\n');
    expect(await door.errorOf('files.saveText', { target, text: 'other' })).toMatchObject({
      code: 'target-exists',
      unchanged: 'The existing file was not touched.',
    });
    expect(fs.readFileSync(made.displayPath, 'utf8')).toBe('# Größe 💾\n');
  });
});
