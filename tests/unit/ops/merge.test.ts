import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  mergeImage,
  openDisk,
  preflightMerge,
  type MergeInput,
  type VirtualDisk,
} from '../../../src-main/engine';
import { heldRuns, layersAbove } from '../../../src-main/engine/ops/merge-layers';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { useTestFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZE = 7 * MIB + 512;
const at = useTestFolder('merge');
const [older, newer, newest] = [1, 2, 3].map((seed) => patchyContent(SIZE, seed)) as [Buffer, Buffer, Buffer];
const inChild = (sector: number): boolean => sector % 7 === 0 || (sector > 6000 && sector < 7000);
const inGrandchild = (sector: number): boolean => sector % 11 === 3 || (sector > 6900 && sector < 9000);
const merge = (more: Partial<MergeInput> & { childName?: string } = {}) => {
  const { childName = 'child.vhd', ...input } = more;
  return mergeImage({ child: { path: at(childName) }, ...input });
};
function buildPair(parentType: 'fixed' | 'dynamic', childBlock = 512 * KIB): void {
  const parent =
    parentType === 'fixed'
      ? buildVhd({ type: 'fixed', sizeBytes: SIZE, data: older })
      : buildDynamicOf(older, 2 * MIB);
  parent.writeTo(at('base.vhd'));
  buildChildOf(parent, 'base.vhd', newer, inChild, childBlock).writeTo(at('child.vhd'));
}
function buildThree(): void {
  const base = buildDynamicOf(older, 2 * MIB);
  base.writeTo(at('base.vhd'));
  const child = buildChildOf(base, 'base.vhd', newer, inChild, 64 * KIB);
  child.writeTo(at('child.vhd'));
  buildChildOf(child, 'child.vhd', newest, inGrandchild, 2 * MIB).writeTo(at('grandchild.vhd'));
}
const afterChild = overlaid(older, newer, inChild);
const afterGrandchild = overlaid(afterChild, newest, inGrandchild);

describe('merging into the parent', () => {
  it.each([
    ['fixed', 512 * KIB],
    ['dynamic', 512 * KIB],
    ['dynamic', 64 * KIB],
    ['dynamic', 4 * MIB],
  ] as const)('is exact to the bit into a %s parent from blocks of %i bytes', async (type, childBlock) => {
    buildPair(type, childBlock);
    const childBefore = fs.readFileSync(at('child.vhd'));
    const idBefore = fs.readFileSync(at('base.vhd')).subarray(-444, -428).toString('hex');
    const result = await merge();
    expect(result).toMatchObject({ path: at('base.vhd'), verified: true, journal: null });
    expect((await shownBy(at('base.vhd'))).equals(afterChild)).toBe(true);
    expect((await shownBy(at('child.vhd'))).equals(afterChild)).toBe(true);
    expect(fs.readFileSync(at('child.vhd')).equals(childBefore)).toBe(true);
    expect(fs.readFileSync(at('base.vhd')).subarray(-444, -428).toString('hex')).toBe(idBefore);
    expect(result.changed.join()).toMatch(/"child\.vhd" is redundant/);
  });

  it('lets zeros of the child hide what the parent had', async () => {
    const parent = buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB, blocks: [{ index: 0, data: 0xaa }] });
    parent.writeTo(at('base.vhd'));
    buildChildOf(parent, 'base.vhd', Buffer.alloc(4 * MIB), (sector) => sector === 5, 2 * MIB).writeTo(
      at('child.vhd'),
    );
    await merge();
    const shown = await shownBy(at('base.vhd'));
    expect(shown.subarray(5 * 512, 6 * 512).every((byte) => byte === 0)).toBe(true);
    expect([shown[5 * 512 - 1], shown[6 * 512]]).toEqual([0xaa, 0xaa]);
  });

  it('merges a grandchild and what lies between down to the ancestor that is named', async () => {
    buildThree();
    await merge({ childName: 'grandchild.vhd', downTo: at('base.vhd'), deleteChild: true });
    expect((await shownBy(at('base.vhd'))).equals(afterGrandchild)).toBe(true);
    expect(fs.readdirSync(at())).toEqual(['base.vhd']);
  });

  it('merges into a parent that is a child itself without touching its own parent', async () => {
    buildThree();
    const baseBefore = fs.readFileSync(at('base.vhd'));
    await merge({ childName: 'grandchild.vhd', deleteChild: true });
    expect((await shownBy(at('child.vhd'))).equals(afterGrandchild)).toBe(true);
    expect(fs.readFileSync(at('base.vhd')).equals(baseBefore)).toBe(true);
  });

  it('is refused while another child depends on the parent, naming it, and changes nothing', async () => {
    buildPair('dynamic');
    fs.copyFileSync(at('child.vhd'), at('other.vhd'));
    const before = fs.readFileSync(at('base.vhd'));
    await expect(merge()).rejects.toMatchObject({
      code: 'has-children',
      message: expect.stringContaining('other.vhd') as string,
    });
    expect((await preflightMerge({ child: { path: at('child.vhd') } })).ok).toBe(false);
    expect(fs.readFileSync(at('base.vhd')).equals(before)).toBe(true);
  });

  it('gives the parent a new id where other children were accepted as lost, so that they fail loudly', async () => {
    buildPair('dynamic');
    fs.copyFileSync(at('child.vhd'), at('other.vhd'));
    await merge({ breakChildren: true, deleteChild: true });
    expect((await shownBy(at('base.vhd'))).equals(afterChild)).toBe(true);
    await expect(openDisk(at('other.vhd'))).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is refused for a child with children of its own that is to be deleted', async () => {
    buildThree();
    await expect(merge({ deleteChild: true })).rejects.toMatchObject({ code: 'has-children' });
    expect(fs.existsSync(at('child.vhd'))).toBe(true);
  });

  it('cancelled in the middle, still shows through the child what it did, and can be finished', async () => {
    buildPair('dynamic');
    const abort = new AbortController();
    const onProgress = ({ phase, doneBytes }: { phase: string; doneBytes: number }): void => {
      if (phase === 'merge' && doneBytes > 64 * KIB) abort.abort();
    };
    const cancelled = mergeImage({ child: { path: at('child.vhd') } }, { signal: abort.signal, onProgress });
    await expect(cancelled).rejects.toMatchObject({
      code: 'merge-unfinished',
      kind: 'cancelled',
      hint: expect.stringContaining(`platter merge "${at('child.vhd')}"`) as string,
    });
    expect((await shownBy(at('child.vhd'))).equals(afterChild)).toBe(true);
    await merge();
    expect((await shownBy(at('base.vhd'))).equals(afterChild)).toBe(true);
  });

  it.each([
    [
      'an image that is no child',
      () => buildVhd({ type: 'dynamic', sizeBytes: SIZE }).writeTo(at('child.vhd')),
      'type-mismatch',
    ],
    ['a child without its parent', () => (buildPair('dynamic'), fs.rmSync(at('base.vhd'))), 'parent-missing'],
    ['an ancestor that is none', () => buildPair('dynamic'), 'bad-value'],
  ])('refuses %s', async (_, prepare, code) => {
    prepare();
    await expect(merge(code === 'bad-value' ? { downTo: at('child.vhd') } : {})).rejects.toMatchObject({
      code,
    });
  });
});

describe('merging into a new file', () => {
  it.each(['fixed', 'dynamic'] as const)('leaves child and %s parent as they are', async (type) => {
    buildPair(type);
    const before = ['base.vhd', 'child.vhd'].map((name) => fs.readFileSync(at(name)));
    const result = await merge({ target: at('merged.vhd') });
    expect(result).toMatchObject({ path: at('merged.vhd'), verified: true });
    expect((await shownBy(at('merged.vhd'))).equals(afterChild)).toBe(true);
    const after = ['base.vhd', 'child.vhd'].map((name) => fs.readFileSync(at(name)));
    expect(after.every((bytes, index) => bytes.equals(before[index] ?? Buffer.alloc(0)))).toBe(true);
    const ids = ['base.vhd', 'merged.vhd'].map((name) =>
      fs.readFileSync(at(name)).subarray(-444, -428).toString('hex'),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('keeps the parent of a parent that is a child itself', async () => {
    buildThree();
    await merge({ childName: 'grandchild.vhd', target: at('merged.vhd') });
    expect((await shownBy(at('merged.vhd'))).equals(afterGrandchild)).toBe(true);
    fs.mkdirSync(at('far'));
    await expect(merge({ childName: 'grandchild.vhd', target: at('far/merged.vhd') })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });

  it('leaves nothing when cancelled', async () => {
    buildPair('dynamic');
    const abort = new AbortController();
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase === 'merge') abort.abort();
    };
    const input = { child: { path: at('child.vhd') }, target: at('merged.vhd') };
    await expect(mergeImage(input, { signal: abort.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(fs.readdirSync(at()).sort()).toEqual(['base.vhd', 'child.vhd']);
  });
});

describe('what the layers hold', () => {
  it('is listed as it is asked for: a child whose every other sector is its own costs no memory', async () => {
    const blocks = Array.from({ length: 200 }, (_, index) => ({
      index,
      data: 1,
      bitmap: Array.from({ length: 64 }, (_unused, at) => at * 2),
    }));
    const knobs = { sizeBytes: 200 * 64 * KIB, blockSizeBytes: 64 * KIB } as const;
    const base = buildVhd({ type: 'fixed', sizeBytes: knobs.sizeBytes });
    base.writeTo(at('base.vhd'));
    const header = { parentId: base.uniqueId, parentName: 'base.vhd' };
    buildVhd({ type: 'differencing', ...knobs, blocks, header }).writeTo(at('child.vhd'));
    const opened = await openDisk(at('child.vhd'));
    try {
      const { disk, totalBytes } = await layersAbove(opened.chain, 1);
      expect(totalBytes).toBe(200 * 64 * 512);
      const asked: number[] = [];
      const watched: VirtualDisk = {
        sizeBytes: disk.sizeBytes,
        blockSizeBytes: disk.blockSizeBytes,
        readAt: (target, offset) => disk.readAt(target, offset),
        close: () => disk.close(),
        async *extents(offset, length) {
          for await (const extent of disk.extents(offset, length)) {
            asked.push(extent.offset);
            yield extent;
          }
        },
      };
      for await (const run of heldRuns(watched)) {
        expect(run).toEqual({ offset: 0, length: 512 });
        break;
      }
      expect(asked.length).toBeLessThan(5);
    } finally {
      await opened.close();
    }
  });
});
