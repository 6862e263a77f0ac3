import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtFiles, requireReviewed } from '../../../src-main/jobs';
import { Reviews } from '../../../src-main/services/operations/reviews';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import { useBundledWorker } from '../../support/bundle-engine';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { openTestDoor, type TestDoor } from './test-services';

const MIB = 1024 * 1024;
const workerPath = useBundledWorker();
const newFolder = useTempFolders();
let door: TestDoor;
let folderId = '';

beforeEach(async () => {
  door = openTestDoor(newFolder('reviews'), { workerPath: workerPath() });
  const base = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }, { index: 2 }] });
  base.writeTo(at('base.vhd'));
  buildVhd({
    type: 'differencing',
    sizeBytes: 8 * MIB,
    blocks: [{ index: 1, bitmap: [0, 1, 9] }],
    header: { parentId: base.uniqueId, parentName: 'base.vhd' },
    locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
  }).writeTo(at('child.vhd'));
  fs.writeFileSync(at('disk.raw'), Buffer.alloc(2 * MIB, 7));
  folderId = (await door.call('files.defaultFolder', {})).id;
});
afterEach(() => door.services.close());

const at = (name: string): string => path.join(door.folder, name);
const review = async (operation: OperationSpec): Promise<string> =>
  (await door.call('operation.preflight', { operation })).reviewToken;
/** As another program does: bytes in place, the length as it was. */
function changeOutside(name: string): void {
  const file = fs.openSync(at(name), 'r+');
  fs.writeSync(file, 'hello', 4096);
  fs.closeSync(file);
}

interface Case {
  readonly name: string;
  /** The file that another program changes. */
  readonly changes: string;
  readonly operation: (
    id: (name: string) => string,
    target: { folderId: string; name: string },
  ) => OperationSpec;
}

const CASES: readonly Case[] = [
  { name: 'resize', changes: 'base.vhd', operation: (id) => ({ verb: 'resize', fileId: id('base.vhd'), sizeBytes: 16 * MIB, breakChildren: true }) },
  { name: 'compact in place', changes: 'base.vhd', operation: (id) => ({ verb: 'compact', fileId: id('base.vhd') }) },
  { name: 'compact into a new file', changes: 'base.vhd', operation: (id, target) => ({ verb: 'compact', fileId: id('base.vhd'), target }) },
  { name: 'merge', changes: 'child.vhd', operation: (id) => ({ verb: 'merge', fileId: id('child.vhd') }) },
  { name: 'merge, whose parent changes', changes: 'base.vhd', operation: (id) => ({ verb: 'merge', fileId: id('child.vhd') }) },
  { name: 'relink', changes: 'base.vhd', operation: (id) => ({ verb: 'relink', fileId: id('child.vhd'), parentId: id('base.vhd') }) },
  { name: 'azure', changes: 'base.vhd', operation: (id, target) => ({ verb: 'azure', fileId: id('base.vhd'), target }) },
  { name: 'convert of a child, whose parent changes', changes: 'base.vhd', operation: (id, target) => ({ verb: 'convert', fileId: id('child.vhd'), target, to: 'fixed' }) },
  { name: 'snapshot', changes: 'base.vhd', operation: (id, target) => ({ verb: 'snapshot', fileId: id('base.vhd'), target }) },
  { name: 'create from a raw file', changes: 'disk.raw', operation: (id, target) => ({ verb: 'create', type: 'dynamic', sourceId: id('disk.raw'), target }) },
  { name: 'extract', changes: 'base.vhd', operation: (id, target) => ({ verb: 'extract', fileId: id('base.vhd'), target, offset: 0, length: 512 }) },
  { name: 'rescue', changes: 'base.vhd', operation: (id, target) => ({ verb: 'rescue', fileId: id('base.vhd'), target }) },
]; // prettier-ignore

describe('a review of what would be made', () => {
  it('does not call a name free that a job is about to give away', async () => {
    const target = { folderId, name: 'new.vhd' };
    const operation: OperationSpec = { verb: 'compact', fileId: door.idOf(at('base.vhd')), target };
    const targetItem = async () => {
      const { preflight } = await door.call('operation.preflight', { operation });
      return { ok: preflight.ok, item: preflight.items.find(({ code }) => code === 'target') };
    };
    expect(await targetItem()).toMatchObject({ ok: true, item: { message: 'The name is free.' } });
    const { jobId } = await door.call('jobs.start', { operation });
    await door.call('jobs.pause', { jobId });
    const promised = await targetItem();
    expect(promised).toMatchObject({ ok: false, item: { level: 'blocked' } });
    expect(promised.item?.message).toContain('A job that has not ended yet writes');
    await door.call('jobs.cancel', { jobId });
    await expect.poll(async () => (await targetItem()).ok).toBe(true);
  });
});

describe('an operation that was reviewed', () => {
  it.each(CASES)('$name: is refused when a file changed meanwhile, and nothing is written', async (one) => {
    const operation = one.operation((name) => door.idOf(at(name)), { folderId, name: 'new.vhd' });
    const reviewToken = await review(operation);
    changeOutside(one.changes);
    const before = fs.readdirSync(door.folder).map((name) => [name, fs.readFileSync(at(name))] as const);
    const refused = await door.errorOf('jobs.start', { operation, reviewToken });
    expect(refused).toMatchObject({ code: 'file-changed', unchanged: 'Nothing was written.' });
    expect(refused.message).toBe(`"${at(one.changes)}" was written to since the review was made.`);
    expect(refused.hint).toMatch(/^Look at the review again/);
    expect(door.services.jobs.list()).toEqual([]);
    for (const [name, bytes] of before) expect(fs.readFileSync(at(name)).equals(bytes), name).toBe(true);
    expect(fs.readdirSync(door.folder)).toHaveLength(before.length);
  });

  it('is done once the review was looked at again', async () => {
    const operation: OperationSpec = { verb: 'compact', fileId: door.idOf(at('base.vhd')) };
    const first = await review(operation);
    changeOutside('base.vhd');
    expect(await door.errorOf('jobs.start', { operation, reviewToken: first })).toMatchObject({
      code: 'file-changed',
    });
    expect((await door.runJob(operation, await review(operation))).state).toBe('succeeded');
  });

  it('must be looked at again after a job of Platter changed the image, and not after one that read it', async () => {
    const fileId = door.idOf(at('base.vhd'));
    const resize: OperationSpec = { verb: 'resize', fileId, sizeBytes: 16 * MIB, breakChildren: true };
    const further: OperationSpec = { ...resize, sizeBytes: 24 * MIB };
    const [first, second] = [await review(resize), await review(further)];
    expect((await door.runJob({ verb: 'hash', fileId })).state).toBe('succeeded');
    const snapshot: OperationSpec = { verb: 'snapshot', fileId, target: { folderId, name: 'new.vhd' } };
    expect((await door.runJob(snapshot, await review(snapshot))).state).toBe('succeeded');
    expect((await door.runJob(resize, first)).state).toBe('succeeded');
    expect(await door.errorOf('jobs.start', { operation: further, reviewToken: second })).toMatchObject({
      code: 'file-changed',
    });
    expect((await door.runJob(further, await review(further))).state).toBe('succeeded');
  });

  it('is refused where a file that it would replace is another one by then', async () => {
    fs.writeFileSync(at('old.vhd'), 'old');
    const operation: OperationSpec = {
      verb: 'convert', fileId: door.idOf(at('base.vhd')), target: { folderId, name: 'old.vhd' }, to: 'raw', replace: true,
    }; // prettier-ignore
    const reviewToken = await review(operation);
    fs.writeFileSync(at('old.vhd'), 'precious');
    const refused = await door.errorOf('jobs.start', { operation, reviewToken });
    expect(refused.message).toMatch(/it had 3 bytes and has 8 bytes now/);
    expect(fs.readFileSync(at('old.vhd'), 'utf8')).toBe('precious');
  });

  it('is refused with the token of another operation, and with one that nobody gave out', async () => {
    const fileId = door.idOf(at('base.vhd'));
    const reviewToken = await review({ verb: 'compact', fileId: door.idOf(at('child.vhd')) });
    const operation: OperationSpec = { verb: 'compact', fileId };
    expect(await door.errorOf('jobs.start', { operation, reviewToken })).toMatchObject({
      code: 'file-changed',
    });
    expect(await door.errorOf('jobs.start', { operation, reviewToken: 'made-up' })).toMatchObject({
      code: 'file-changed',
    });
  });
});

describe('what is told of a reviewed file', () => {
  it.each<[string, (file: string) => void, RegExp]>([
    ['that it has gone', (file) => fs.rmSync(file), /has gone/],
    ['that it is another file', (file) => { fs.renameSync(file, `${file}.old`); fs.writeFileSync(file, 'aaa'); }, /was replaced by another file/],
    ['its sizes', (file) => fs.appendFileSync(file, 'bb'), /it had 3 bytes and has 5 bytes now/],
    ['that it was written to', (file) => fs.writeFileSync(file, 'bbb'), /was written to/],
    ['that it changed, though its time was put back', (file) => { const { atime, mtime } = fs.statSync(file); fs.writeFileSync(file, 'bbb'); fs.utimesSync(file, atime, mtime); }, /was (?:changed|written to)/],
  ])('%s', async (_what, change, says) => {
    const file = at('some.bin');
    fs.writeFileSync(file, 'aaa');
    const files = await lookAtFiles([file]);
    await expect(requireReviewed(files)).resolves.toBeUndefined();
    change(file);
    await expect(requireReviewed(files)).rejects.toThrow(says);
  }); // prettier-ignore

  it('that it appeared', async () => {
    const files = await lookAtFiles([at('some.bin')]);
    fs.writeFileSync(at('some.bin'), 'aaa');
    await expect(requireReviewed(files)).rejects.toThrow(/was not there/);
  });
});

it('remembers a bounded number of reviews, and the newest of them', async () => {
  const reviews = new Reviews();
  const tokens = Array.from({ length: 2000 }, () => reviews.remember([]));
  await expect(reviews.require(tokens[0] ?? '', [])).rejects.toThrow(/too old/);
  await expect(reviews.require(tokens[1999] ?? '', [])).resolves.toEqual([]);
});
