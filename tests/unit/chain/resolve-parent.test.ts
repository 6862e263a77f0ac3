import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chainReport, findChildren, openDisk, requireNoChildren } from '../../../src-main/engine/chain';
import { readAll } from '../../support/disk-model';
import { useTempFolders } from '../../support/temp';
import {
  buildVhd,
  nextId,
  patternBlock,
  type BuiltVhd,
  type LocatorKnobs,
  type VhdKnobs,
} from '../../support/vhd-builder';

const SIZE = 16 * 1024;
const NULL_ID = '00000000-0000-0000-0000-000000000000';

const base = (knobs: Partial<VhdKnobs> = {}): BuiltVhd =>
  buildVhd({ type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: 4096, blocks: [{ index: 1 }], ...knobs });

const child = (
  parentId: string,
  locators: readonly LocatorKnobs[] = [],
  knobs: Partial<VhdKnobs> = {},
): BuiltVhd =>
  buildVhd({
    type: 'differencing',
    sizeBytes: SIZE,
    blockSizeBytes: 4096,
    blocks: [{ index: 2, bitmap: [3] }],
    locators,
    ...knobs,
    header: { parentId, ...knobs.header },
  });

describe('the search for a parent', () => {
  const folder = useTempFolders();

  async function foundBy(childFile: string): Promise<string | null | undefined> {
    const opened = await openDisk(childFile);
    await opened.close();
    return opened.chain[1]?.foundBy;
  }

  it.each([
    ['W2ru', '.\\sub\\p.vhd', 'sub/p.vhd'],
    ['W2ku', 'C:\\elsewhere\\p.vhd', 'p.vhd'],
    ['MacX', 'file://./p.vhd', 'p.vhd'],
    ['MacX', 'file:///nowhere/p%20q.vhd', 'p q.vhd'],
    ['Wi2r', '.\\p.vhd', 'p.vhd'],
    ['Wi2k', 'C:\\x\\p.vhd', 'p.vhd'],
  ])('goes by %s', async (platform, text, where) => {
    const dir = folder();
    fs.mkdirSync(path.join(dir, 'sub'));
    const parent = base();
    parent.writeTo(path.join(dir, where));
    const file = child(parent.uniqueId, [{ platform, data: text }]).writeTo(path.join(dir, 'c.vhd'));
    expect(await foundBy(file)).toBe(platform);
  });

  it('takes the space of a locator in bytes and in sectors, and does not need the right one', async () => {
    const dir = folder();
    const parent = base();
    parent.writeTo(path.join(dir, 'p.vhd'));
    for (const knobs of [{ spaceUnit: 'sectors' as const }, { space: 7777 }, { space: 0 }]) {
      const locator = { platform: 'W2ru', data: '.\\p.vhd', ...knobs };
      const file = child(parent.uniqueId, [locator]).writeTo(path.join(dir, 'c.vhd'));
      expect(await foundBy(file)).toBe('W2ru');
    }
  });

  it('goes on behind a wrong image to the right one: by the next locator, by name, by id', async () => {
    const dir = folder();
    base().writeTo(path.join(dir, 'wrong.vhd'));
    const parent = base();
    const wrong = { platform: 'W2ru', data: '.\\wrong.vhd' };
    const file = path.join(dir, 'c.vhd');
    child(parent.uniqueId, [wrong], { header: { parentName: 'C:\\old\\named.vhd' } }).writeTo(file);
    parent.writeTo(path.join(dir, 'third.vhd'));
    expect(await foundBy(file)).toBe('unique id');
    fs.renameSync(path.join(dir, 'third.vhd'), path.join(dir, 'named.vhd'));
    expect(await foundBy(file)).toBe('name');
  });

  it('reads locators whose offset, length or code is nonsense as absent', async () => {
    const dir = folder();
    const parent = base();
    parent.writeTo(path.join(dir, 'other-name.vhd'));
    const file = child(parent.uniqueId, [
      { platform: 'W2ru', data: 'x', offset: 2n ** 63n },
      { platform: 'W2ku', data: '.\\p.vhd', length: 0xffff_ffff },
      { platform: 'Zz9?', data: 'x' },
      { platform: 'Mac ', data: new Uint8Array(40).fill(7) },
    ]).writeTo(path.join(dir, 'c.vhd'));
    expect(await foundBy(file)).toBe('unique id');
  });

  it('finds names that differ in case alone, as Windows does', async () => {
    const dir = folder();
    fs.mkdirSync(path.join(dir, 'children'));
    const parent = base();
    parent.writeTo(path.join(dir, 'Base Disk.vhd'));
    const locator = { platform: 'W2ru', data: '..\\BASE disk.VHD' };
    const file = child(parent.uniqueId, [locator]).writeTo(path.join(dir, 'children', 'c.vhd'));
    expect(await foundBy(file)).toBe('W2ru');
  });

  it('prefers what the person named, if the id proves it', async () => {
    const dir = folder();
    const elsewhere = folder();
    const parent = base();
    const named = parent.writeTo(path.join(elsewhere, 'any.vhd'));
    const stranger = base().writeTo(path.join(elsewhere, 'stranger.vhd'));
    const file = child(parent.uniqueId).writeTo(path.join(dir, 'c.vhd'));
    await expect(openDisk(file, { parents: [stranger] })).rejects.toMatchObject({ code: 'parent-missing' });
    const opened = await openDisk(file, { parents: [stranger, named] });
    const content = new Uint8Array(SIZE);
    content.set(patternBlock(1, 4096), 4096);
    content.set(patternBlock(2, 4096).subarray(3 * 512, 4 * 512), 2 * 4096 + 3 * 512);
    expect(Buffer.compare(await readAll(opened.disk), content)).toBe(0);
    await opened.close();
  });

  it('asks before it opens anything, and again for where links lead', async () => {
    const dir = folder();
    const outside = folder();
    const parent = base();
    parent.writeTo(path.join(outside, 'p.vhd'));
    fs.symlinkSync(path.join(outside, 'p.vhd'), path.join(dir, 'p.vhd'));
    const file = child(parent.uniqueId, [
      { platform: 'W2ru', data: '.\\p.vhd' },
      { platform: 'W2ku', data: path.join(outside, 'p.vhd') },
    ]).writeTo(path.join(dir, 'c.vhd'));
    const asked: string[] = [];
    const mayOpen = (candidate: string): boolean => {
      asked.push(candidate);
      return candidate.startsWith(`${dir}${path.sep}`);
    };
    await expect(openDisk(file, { mayOpen })).rejects.toMatchObject({ code: 'parent-missing' });
    expect(asked).toContain(path.join(outside, 'p.vhd'));
    const opened = await openDisk(file);
    await opened.close();
  });
});

describe('a chain that cannot be followed', () => {
  const folder = useTempFolders();

  it('is refused with the id that is needed where the parent is another image', async () => {
    const dir = folder();
    const stranger = base();
    stranger.writeTo(path.join(dir, 'p.vhd'));
    const wanted = nextId();
    const file = child(wanted, [{ platform: 'W2ru', data: '.\\p.vhd' }]).writeTo(path.join(dir, 'c.vhd'));
    await expect(openDisk(file)).rejects.toMatchObject({
      code: 'parent-mismatch',
      data: { parentId: wanted, foundId: stranger.uniqueId },
    });
  });

  it('is refused as ambiguous where two images have the id and nothing else speaks for one', async () => {
    const dir = folder();
    const parent = base();
    parent.writeTo(path.join(dir, 'a.vhd'));
    parent.writeTo(path.join(dir, 'b.vhd'));
    const file = child(parent.uniqueId).writeTo(path.join(dir, 'c.vhd'));
    await expect(openDisk(file)).rejects.toMatchObject({ code: 'parent-ambiguous' });
    child(parent.uniqueId, [{ platform: 'W2ru', data: '.\\b.vhd' }]).writeTo(file);
    const opened = await openDisk(file);
    expect(path.basename(opened.chain[1]?.path ?? '')).toBe('b.vhd');
    await opened.close();
  });

  it('goes by the first locator where two lead to images of one id, and says that there is another', async () => {
    const dir = folder();
    const parent = base();
    parent.writeTo(path.join(dir, 'a.vhd'));
    parent.writeTo(path.join(dir, 'b.vhd'));
    const file = child(parent.uniqueId, [
      { platform: 'W2ku', data: path.join(dir, 'b.vhd') },
      { platform: 'W2ru', data: '.\\a.vhd' },
    ]).writeTo(path.join(dir, 'c.vhd'));
    const { images } = await chainReport(file);
    expect(images[1]?.path).toBe(path.join(dir, 'a.vhd'));
    expect(images[0]?.problems).toMatchObject([
      { code: 'duplicate-id', severity: 'warning', message: expect.stringContaining('b.vhd') as string },
    ]);
  });

  it('is refused as a loop where images name each other, or one names itself', async () => {
    const dir = folder();
    const [a, b, self] = [nextId(), nextId(), nextId()];
    const one = child(b, [{ platform: 'W2ru', data: '.\\b.vhd' }], { footer: { uniqueId: a } });
    const two = child(a, [{ platform: 'W2ru', data: '.\\a.vhd' }], { footer: { uniqueId: b } });
    const own = child(self, [{ platform: 'W2ru', data: '.\\self.vhd' }], { footer: { uniqueId: self } });
    const fileA = one.writeTo(path.join(dir, 'a.vhd'));
    two.writeTo(path.join(dir, 'b.vhd'));
    const fileSelf = own.writeTo(path.join(dir, 'self.vhd'));
    await expect(openDisk(fileA)).rejects.toMatchObject({ code: 'chain-loop' });
    await expect(openDisk(fileSelf)).rejects.toMatchObject({ code: 'chain-loop' });
    const { images } = await chainReport(dir);
    expect(images.map((image) => [path.basename(image.path), image.depth])).toEqual([
      ['a.vhd', null],
      ['b.vhd', null],
      ['self.vhd', null],
    ]);
    for (const image of images) expect(image.problems.map((problem) => problem.code)).toContain('chain-loop');
  });

  it('is refused beyond 64 images', async () => {
    const dir = folder();
    let parent = base();
    parent.writeTo(path.join(dir, '0.vhd'));
    for (let level = 1; level <= 64; level += 1) {
      const next = child(parent.uniqueId, [{ platform: 'W2ru', data: `.\\${level - 1}.vhd` }], {
        blocks: [],
      });
      next.writeTo(path.join(dir, `${level}.vhd`));
      parent = next;
    }
    const deepest = await openDisk(path.join(dir, '63.vhd'));
    expect(deepest.chain).toHaveLength(64);
    await deepest.close();
    await expect(openDisk(path.join(dir, '64.vhd'))).rejects.toMatchObject({ code: 'chain-too-deep' });
  });

  it('needs a raw parent to be named', async () => {
    const dir = folder();
    const raw = path.join(dir, 'base.raw');
    fs.writeFileSync(raw, patternBlock(4, SIZE));
    const file = child(NULL_ID, [{ platform: 'W2ru', data: '.\\base.raw' }]).writeTo(path.join(dir, 'c.vhd'));
    await expect(openDisk(file)).rejects.toMatchObject({ code: 'parent-raw-unnamed' });
    const opened = await openDisk(file, { rawParent: raw });
    const content = Uint8Array.from(patternBlock(4, SIZE));
    content.set(patternBlock(2, 4096).subarray(3 * 512, 4 * 512), 2 * 4096 + 3 * 512);
    expect(Buffer.compare(await readAll(opened.disk), content)).toBe(0);
    await opened.close();
  });
});

describe('parents of another size', () => {
  const folder = useTempFolders();

  it.each([4096, 3 * SIZE])('of %d bytes count as followed by zeros, or are cut', async (parentBytes) => {
    const dir = folder();
    const parent = buildVhd({ type: 'fixed', sizeBytes: parentBytes, data: patternBlock(1, parentBytes) });
    parent.writeTo(path.join(dir, 'p.vhd'));
    const file = child(parent.uniqueId, [], { blocks: [], header: { parentName: 'p.vhd' } }).writeTo(
      path.join(dir, 'c.vhd'),
    );
    const opened = await openDisk(file);
    const content = new Uint8Array(SIZE);
    content.set(patternBlock(1, parentBytes).subarray(0, SIZE));
    expect(Buffer.compare(await readAll(opened.disk), content)).toBe(0);
    await opened.close();
    const { images } = await chainReport(file);
    expect(images[0]?.problems.map((problem) => problem.code)).toEqual(['parent-size-differs']);
    expect(images[0]?.edge).toMatchObject({
      idMatches: true,
      sizeMatches: false,
      foundBy: 'name',
      identity: 'proven',
    });
  });
});

describe('the report of a folder', () => {
  const folder = useTempFolders();

  it('gives every image with its depth, its edge and what is wrong', async () => {
    const dir = folder();
    const parent = base();
    parent.writeTo(path.join(dir, 'p.vhd'));
    const middle = child(parent.uniqueId, [{ platform: 'W2ru', data: '.\\p.vhd' }]);
    middle.writeTo(path.join(dir, 'm.avhd'));
    child(middle.uniqueId, [{ platform: 'W2ru', data: '.\\gone.vhd' }]).writeTo(path.join(dir, 'leaf.VHD'));
    fs.mkdirSync(path.join(dir, 'sub'));
    parent.writeTo(path.join(dir, 'sub', 'copy.vhd'));
    fs.writeFileSync(path.join(dir, 'text.vhd'), 'hello');
    fs.writeFileSync(path.join(dir, 'notes.txt'), 'not looked at');
    const { images } = await chainReport(dir, { recursive: true });
    const byName = Object.fromEntries(images.map((image) => [path.basename(image.path), image]));
    expect(Object.keys(byName).sort()).toEqual(['copy.vhd', 'leaf.VHD', 'm.avhd', 'p.vhd', 'text.vhd']);
    expect(byName['leaf.VHD']).toMatchObject({
      depth: 2,
      type: 'differencing',
      edge: { foundBy: 'unique id' },
    });
    expect(byName['leaf.VHD']?.edge?.locators).toEqual([
      { platform: 'W2ru', path: '.\\gone.vhd', resolves: false, reason: 'no such file' },
    ]);
    expect(byName['m.avhd']).toMatchObject({
      depth: 1,
      parentPath: path.join(dir, 'p.vhd'),
      parentId: parent.uniqueId,
    });
    expect(byName['p.vhd']?.problems.map((problem) => problem.code)).toEqual(['duplicate-id']);
    expect(byName['copy.vhd']?.problems.map((problem) => problem.code)).toEqual(['duplicate-id']);
    expect(byName['text.vhd']).toMatchObject({ type: null, depth: null });
    expect(byName['text.vhd']?.problems.map((problem) => problem.code)).toEqual(['unreadable']);
    const shallow = await chainReport(dir);
    expect(shallow.images).toHaveLength(4);
  });
});

describe('children of an image', () => {
  const folder = useTempFolders();

  it('are those in its folder that name its id, and stop what would break them', async () => {
    const dir = folder();
    const parent = base();
    const file = parent.writeTo(path.join(dir, 'p.vhd'));
    child(parent.uniqueId).writeTo(path.join(dir, 'c1.vhd'));
    child(parent.uniqueId).writeTo(path.join(dir, 'c2, of two.avhd'));
    child(nextId()).writeTo(path.join(dir, 'other.vhd'));
    const children = await findChildren(file, parent.uniqueId);
    expect(children.map((one) => path.basename(one.path)).sort()).toEqual(['c1.vhd', 'c2, of two.avhd']);
    await expect(requireNoChildren(file, parent.uniqueId)).rejects.toMatchObject({
      code: 'has-children',
      message: expect.stringContaining('"c2, of two.avhd"') as string,
    });
    expect(await requireNoChildren(file, parent.uniqueId, { breakChildren: true })).toHaveLength(2);
    expect(await findChildren(file, NULL_ID)).toEqual([]);
  });
});
