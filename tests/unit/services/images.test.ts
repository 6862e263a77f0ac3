import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snapshotImage } from '../../../src-main/engine';
import { natureOfErrors } from '../../../src-shared/model';
import type { EventMap } from '../../../src-shared/ipc/events';
import { buildVhd, nextId } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { openTestDoor, type TestDoor } from './test-services';

const tempFolder = useTempFolders();
let door: TestDoor;
beforeEach(() => {
  door = openTestDoor(tempFolder('services'));
});
afterEach(() => door.services.close());

const MIB = 1024 * 1024;

function put(name: string, knobs: Parameters<typeof buildVhd>[0]): string {
  const file = path.join(door.folder, name);
  fs.writeFileSync(file, buildVhd(knobs).bytes());
  return file;
}

const dynamic = (name: string): string =>
  put(name, { type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }, { index: 2, bitmap: [0, 5] }] });

describe('looking at an image', () => {
  it('gives its facts, puts it among the recent ones, and tells so', async () => {
    const file = dynamic('a.vhd');
    const told: string[] = [];
    door.services.events.onAny((name) => told.push(name));
    const info = await door.call('image.info', { fileId: door.idOf(file) });
    expect(info).toMatchObject({
      type: 'dynamic',
      virtualSizeBytes: 8 * MIB,
      blocks: { total: 4, allocated: 2 },
    });
    expect(told).toContain('recents.changed');
    const { files } = await door.call('files.recent', {});
    expect(files).toMatchObject([
      { name: 'a.vhd', missing: false, type: 'dynamic', virtualSizeBytes: 8 * MIB },
    ]);
    await door.call('files.forgetRecent', { fileId: files[0]?.id ?? '' });
    expect((await door.call('files.recent', {})).files).toEqual([]);
  });

  it('that is none says what it is, and leaves it out of the recent ones', async () => {
    const file = path.join(door.folder, 'page.vhd');
    fs.writeFileSync(file, '<!DOCTYPE html><title>404</title>'.padEnd(2000));
    expect(await door.errorOf('image.info', { fileId: door.idOf(file) })).toMatchObject({
      code: 'not-a-vhd',
    });
    expect((await door.call('files.recent', {})).files).toEqual([]);
  });

  it('shows the map, one block, the fields, the owners of bytes and the content', async () => {
    const fileId = door.idOf(dynamic('a.vhd'));
    const map = await door.call('image.map', { fileId, depth: 'bitmaps' });
    expect(map).toMatchObject({ blockCount: 4, counts: { unallocated: 2 } });
    const partial = await door.call('image.block', { fileId, blockIndex: 2 });
    expect(partial).toMatchObject({ index: 2, guestOffset: 4 * MIB, lengthBytes: 2 * MIB, state: 'partial' });
    expect(partial.bitmap).toHaveLength(512);
    expect(partial.bitmap[0]).toBe(0b1000_0100);
    expect(await door.call('image.block', { fileId, blockIndex: 1 })).toMatchObject({
      state: 'unallocated',
      bitmapOffset: null,
      dataOffset: null,
    });
    expect(await door.call('image.block', { fileId, blockIndex: 0 })).toMatchObject({ state: 'allocated' });
    expect(await door.errorOf('image.block', { fileId, blockIndex: 4 })).toMatchObject({ code: 'bad-value' });
    const { structures } = await door.call('image.inspect', { fileId });
    expect(structures.map(({ structure }) => structure)).toContain('footer');
    const { spans } = await door.call('image.owners', { fileId, offset: 0, length: 2048 });
    expect(spans[0]).toMatchObject({ offset: 0, structure: 'footerCopy' });
    expect(spans.reduce((sum, { length }) => sum + length, 0)).toBe(2048);
    expect(await door.call('image.content', { fileId })).toMatchObject({ partitionTable: 'none' });
  });

  it('makes reports and attach commands', async () => {
    const file = dynamic('a.vhd');
    const fileId = door.idOf(file);
    const report = await door.call('image.report', { fileId, format: 'md' });
    expect(report.suggestedName).toBe('a-check.md');
    expect(report.text).toContain('a.vhd');
    const { commands, notes } = await door.call('image.attachCommand', { fileId, system: 'linux' });
    expect(commands[0]?.command).toContain(file);
    expect(notes).toEqual([]);
  });

  it('tells with the attach commands of the children and errors to know about, of those inside the roots', async () => {
    const file = dynamic('base.vhd');
    const child = path.join(door.folder, 'kid.vhd');
    await snapshotImage({ parent: { path: file }, path: child });
    const bytes = fs.readFileSync(file);
    bytes.fill(0x99, bytes.length - 448, bytes.length - 444);
    fs.writeFileSync(file, bytes);
    const fileId = door.idOf(file);
    const notes = async (): Promise<string> =>
      (await door.call('image.attachCommand', { fileId, system: 'windows' })).notes.join(' ');
    expect(await notes()).toMatch(/errors in this image \(footer-checksum\).* changes what "kid\.vhd" sees/);
    const outside = path.join(tempFolder('outside'), 'kid.vhd');
    fs.renameSync(child, outside);
    fs.symlinkSync(outside, child);
    expect(await notes()).not.toContain('kid.vhd');
  });

  it('reads bytes, as many as there are', async () => {
    const file = dynamic('a.vhd');
    const bytes = fs.readFileSync(file);
    const fileId = door.idOf(file);
    const head = await door.call('image.bytes', { fileId, offset: 3, length: 100 });
    expect(Buffer.from(head.bytes).equals(bytes.subarray(3, 103))).toBe(true);
    expect(head.fileSizeBytes).toBe(bytes.length);
    const tail = await door.call('image.bytes', { fileId, offset: bytes.length - 4, length: 100 });
    expect(tail.bytes).toHaveLength(4);
    expect(
      (await door.call('image.bytes', { fileId, offset: bytes.length + 9, length: 9 })).bytes,
    ).toHaveLength(0);
  });

  it('finds bytes in both directions, and says when there are no more', async () => {
    const file = dynamic('a.vhd');
    const bytes = fs.readFileSync(file);
    const fileId = door.idOf(file);
    const patternHex = Buffer.from('conectix').toString('hex');
    const first = await door.call('image.find', { fileId, patternHex, fromOffset: 0 });
    expect(first).toMatchObject({ foundOffset: 0, nextOffset: 1, done: false });
    const second = await door.call('image.find', { fileId, patternHex, fromOffset: first.nextOffset });
    expect(second.foundOffset).toBe(bytes.length - 512);
    const none = await door.call('image.find', { fileId, patternHex, fromOffset: second.nextOffset });
    expect(none).toMatchObject({ foundOffset: null, done: true });
    const back = await door.call('image.find', {
      fileId,
      patternHex,
      fromOffset: bytes.length,
      backwards: true,
    });
    expect(back.foundOffset).toBe(bytes.length - 512);
    const further = await door.call('image.find', {
      fileId,
      patternHex,
      fromOffset: back.nextOffset,
      backwards: true,
    });
    expect(further.foundOffset).toBe(0);
    expect(
      await door.call('image.find', { fileId, patternHex, fromOffset: 0, backwards: true }),
    ).toMatchObject({
      foundOffset: null,
      done: true,
    });
  });

  it('finds what lies across the edge of two pieces', async () => {
    const file = path.join(door.folder, 'edge.bin');
    const bytes = Buffer.alloc(3 * MIB);
    bytes.write('needle', MIB - 3);
    fs.writeFileSync(file, bytes);
    const patternHex = Buffer.from('needle').toString('hex');
    const fileId = door.idOf(file);
    expect((await door.call('image.find', { fileId, patternHex, fromOffset: 0 })).foundOffset).toBe(MIB - 3);
    const back = await door.call('image.find', {
      fileId,
      patternHex,
      fromOffset: 2 * MIB - 3,
      backwards: true,
    });
    expect(back.foundOffset).toBe(MIB - 3);
  });

  it('in a chain gives an id for every image that may be opened, and null for one outside the roots', async () => {
    const base = dynamic('base.vhd');
    const child = path.join(door.folder, 'child.vhd');
    await snapshotImage({ parent: { path: base }, path: child });
    const view = await door.call('image.chain', { fileId: door.idOf(child) });
    expect(view.images.map((image) => path.basename(image.path))).toEqual(['child.vhd', 'base.vhd']);
    expect(view.files.map((file) => file?.name)).toEqual(['child.vhd', 'base.vhd']);
    const folder = await door.call('folder.chain', { folderId: door.idOf(door.folder) });
    expect(folder.images).toHaveLength(2);

    const outside = path.join(tempFolder('outside'), 'base.vhd');
    fs.renameSync(base, outside);
    fs.symlinkSync(outside, base);
    const alone = await door.call('image.chain', { fileId: door.idOf(child) });
    expect(alone.images[0]?.problems.map(({ code }) => code)).toContain('parent-missing');
    expect(JSON.stringify(alone.files)).not.toContain('base.vhd');
  });
});

describe('the review of a merge', () => {
  it('warns of another image that has the id of the parent', async () => {
    const parent = dynamic('a.vhd');
    const child = path.join(door.folder, 'kid.vhd');
    await snapshotImage({ parent: { path: parent }, path: child });
    const operation = { verb: 'merge' as const, fileId: door.idOf(child) };
    const codes = async (): Promise<string[]> =>
      (await door.call('operation.preflight', { operation })).preflight.items.map(({ code }) => code);
    expect(await codes()).not.toContain('duplicate-unique-id');
    fs.copyFileSync(parent, path.join(door.folder, 'twin.vhd'));
    expect(await codes()).toContain('duplicate-unique-id');
  });
});

describe('edits', () => {
  it('are planned, applied and undone like repairs', async () => {
    const file = dynamic('a.vhd');
    const fileId = door.idOf(file);
    const before = fs.readFileSync(file);
    const set = { creator: 'tap' };
    const plan = await door.call('edit.plan', { fileId, set });
    expect(plan.plan.length).toBeGreaterThan(0);
    await door.call('edit.apply', { fileId, set, stateToken: plan.stateToken });
    expect((await door.call('image.info', { fileId })).creator?.application).toBe('tap');
    const { journals } = await door.call('undo.list', {});
    await door.call('undo.apply', { journalId: journals[0]?.id ?? '' });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a sweep', () => {
  const rowsOf = async (folderId: string, recursive: boolean): Promise<EventMap['sweep.rows'][]> => {
    const batches: EventMap['sweep.rows'][] = [];
    const done = new Promise<void>((resolve) => {
      door.services.events.on('sweep.rows', (batch) => {
        batches.push(batch);
        if (batch.done) resolve();
      });
    });
    const { sweepId } = await door.call('sweep.start', { folderId, recursive });
    await done;
    expect(batches.every((batch) => batch.sweepId === sweepId)).toBe(true);
    return batches;
  };

  it('gives a row for every image, the broken and the foreign ones too, and enters sub-folders when asked', async () => {
    dynamic('a.vhd');
    fs.mkdirSync(path.join(door.folder, 'sub'));
    fs.writeFileSync(path.join(door.folder, 'broken.vhd'), 'nothing of a disk');
    fs.writeFileSync(path.join(door.folder, 'other.vhdx'), 'vhdxfile'.padEnd(1000));
    fs.writeFileSync(path.join(door.folder, 'notes.txt'), 'conectix');
    const inside = put('sub/b.vhd', { type: 'fixed', sizeBytes: MIB });
    const folderId = door.idOf(door.folder);
    const flat = (await rowsOf(folderId, false)).flatMap(({ rows }) => rows);
    expect(flat.map(({ file }) => file.name).sort()).toEqual(['a.vhd', 'broken.vhd', 'other.vhdx']);
    const byName = new Map(flat.map((row) => [row.file.name, row]));
    expect(byName.get('a.vhd')).toMatchObject({ type: 'dynamic', problem: null, virtualSizeBytes: 8 * MIB });
    expect(byName.get('other.vhdx')).toMatchObject({ format: 'vhdx', verdict: null });
    expect(byName.get('broken.vhd')?.problem).not.toBeNull();
    const deep = (await rowsOf(folderId, true)).flatMap(({ rows }) => rows);
    expect(deep.map(({ file }) => file.displayPath)).toContain(inside);
    expect(deep).toHaveLength(4);
  });

  it('judges a child without its parent as its tab does, and so do the recent ones', async () => {
    const orphan = put('orphan.vhd', {
      type: 'differencing',
      sizeBytes: 8 * MIB,
      header: { parentId: nextId(), parentName: 'lost.vhd' },
    });
    const [row] = (await rowsOf(door.idOf(door.folder), false)).flatMap(({ rows }) => rows);
    expect(row).toMatchObject({ verdict: 'errors', errors: 1, parent: 'lost.vhd' });
    const fileId = door.idOf(orphan);
    await door.call('image.info', { fileId });
    expect((await door.call('files.recent', {})).files).toMatchObject([{ verdict: 'errors' }]);
    const checked = await door.call('image.check', { fileId, deep: false, chain: true });
    expect(checked.verdict).toBe('errors');
    expect(natureOfErrors(checked.findings)).toBe('parentLacking');
  });

  it('does not follow links out of the roots or in circles', async () => {
    const outside = tempFolder('outside');
    fs.writeFileSync(path.join(outside, 'secret.vhd'), buildVhd({ type: 'fixed', sizeBytes: MIB }).bytes());
    fs.symlinkSync(path.join(outside, 'secret.vhd'), path.join(door.folder, 'link.vhd'));
    fs.symlinkSync(door.folder, path.join(door.folder, 'circle'));
    const rows = (await rowsOf(door.idOf(door.folder), true)).flatMap((batch) => batch.rows);
    expect(rows).toEqual([]);
  });

  it('of a thousand files can be cancelled, and says when it is over', async () => {
    const bytes = buildVhd({ type: 'fixed', sizeBytes: 512 }).bytes();
    for (let index = 0; index < 1000; index += 1)
      fs.writeFileSync(path.join(door.folder, `${String(index).padStart(4, '0')}.vhd`), bytes);
    let seen = 0;
    const done = new Promise<void>((resolve) => {
      door.services.events.on('sweep.rows', (batch) => {
        seen = batch.seen;
        if (!batch.done) void door.call('sweep.cancel', { sweepId: batch.sweepId });
        else resolve();
      });
    });
    await door.call('sweep.start', { folderId: door.idOf(door.folder) });
    await done;
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(1000);
  });
});
