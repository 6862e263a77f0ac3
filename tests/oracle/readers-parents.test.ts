/**
 * What the check predicts of QEMU and 7-Zip where something is wrong with the parents of an image, or where its BAT
 * leads into the metadata, must be what they do, whatever levels were asked for.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkImage } from '../../src-main/engine/check';
import { describeOracle, runOracle } from '../support/oracle';
import { useTempFolders } from '../support/temp';
import { buildVhd, type VhdKnobs } from '../support/vhd-builder';
import { CHILD, DYNAMIC, EMPTY, MIB, PARENT_ID } from '../unit/check/rule-case';

const [ID_2, ID_3] = ['22222222-3333-4444-8555-666666666666', '33333333-3333-4444-8555-666666666666'];
const LEVELS = [{}, { deep: true, chain: true }] as const;
const PARENT: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: 8 * MIB,
  footer: { uniqueId: PARENT_ID },
  blocks: [{ index: 0, data: 9 }],
};

const childOf = (id: string, parentId: string, parentName: string): VhdKnobs => ({
  ...CHILD,
  header: { parentId, parentName },
  locators: [{ platform: 'W2ru', data: `.\\${parentName}` }],
  footer: { uniqueId: id },
});

type Files = Readonly<Record<string, VhdKnobs>>;

/** Trouble, the files with the one that is checked first, and what 7-Zip says. */
const REFUSED: readonly (readonly [string, Files, RegExp])[] = [
  [
    'an image that is its own parent',
    { 'a.vhd': childOf(PARENT_ID, PARENT_ID, 'a.vhd') },
    /Unsupported Method/,
  ],
  [
    'a loop of two',
    { 'a.vhd': childOf(ID_2, PARENT_ID, 'b.vhd'), 'b.vhd': childOf(PARENT_ID, ID_2, 'a.vhd') },
    /Unsupported Method/,
  ],
  [
    'a child of a loop',
    {
      'c.vhd': childOf(ID_3, ID_2, 'a.vhd'),
      'a.vhd': childOf(ID_2, PARENT_ID, 'b.vhd'),
      'b.vhd': childOf(PARENT_ID, ID_2, 'a.vhd'),
    },
    /Unsupported Method/,
  ],
  ['a parent that is missing', { 'child.vhd': CHILD }, /Missing volume/],
  [
    'a missing parent of a child that holds every block',
    { 'child.vhd': { ...CHILD, blocks: [0, 1, 2, 3].map((index) => ({ index })) } },
    /Missing volume/,
  ],
  [
    'a missing parent of the parent',
    { 'c.vhd': childOf(ID_2, PARENT_ID, 'b.vhd'), 'b.vhd': childOf(PARENT_ID, ID_3, 'none.vhd') },
    /Unsupported Method/,
  ],
  [
    'another image under the name of the parent',
    { 'child.vhd': CHILD, 'parent.vhd': { ...PARENT, footer: { uniqueId: ID_3 } } },
    /Unsupported Method/,
  ],
  ['a parent under another name', { 'child.vhd': CHILD, 'other.vhd': PARENT }, /Missing volume/],
];

function write(folder: string, files: Files): string {
  const paths = Object.entries(files).map(([name, image]) =>
    buildVhd(image).writeTo(path.join(folder, name)),
  );
  return paths[0] ?? '';
}

describeOracle(['qemu-img', '7z', 'vhdiinfo'], 'predictions about readers, on troubled parents', () => {
  const folders = useTempFolders();

  it.each(REFUSED)(
    '7-Zip gives out nothing, and QEMU reads the file alone: %s',
    async (_name, files, says) => {
      const folder = folders();
      const file = write(folder, files);
      const run = runOracle('7z', ['x', '-tVHD', '-so', file]);
      expect([run.status, run.stdout.length]).toEqual([2, 0]);
      expect(run.stderr).toMatch(says);
      const raw = path.join(folder, 'out.raw');
      expect(runOracle('qemu-img', ['convert', '-f', 'vpc', '-O', 'raw', file, raw]).status).toBe(0);
      // outside of its own block there is nothing but zeros
      if (files['child.vhd'] === CHILD)
        expect(
          fs
            .readFileSync(raw)
            .subarray(0, 2 * MIB)
            .some(Boolean),
        ).toBe(false);
      expect(runOracle('vhdiinfo', [file]).status).toBe(0);
      for (const levels of LEVELS) {
        const { readers } = await checkImage(file, levels);
        expect(readers['7-zip'].verdict, readers['7-zip'].why).toBe('refuses');
        expect(readers['7-zip'].why).toMatch(says);
        for (const reader of ['qemu-up-to-9', 'qemu-from-10'] as const)
          expect(readers[reader].verdict).toBe('misreads');
      }
    },
  );

  it.each([
    ['to the start of the file', { ...DYNAMIC, batOverrides: { 1: 0 } }, true],
    ['into the header', { ...DYNAMIC, batOverrides: { 1: 1 } }, true],
    ['to itself', { ...DYNAMIC, batOverrides: { 1: 3 } }, true],
    ['to the start of a file that is shorter than a block', { ...EMPTY, batOverrides: { 1: 0 } }, true],
    // of two sectors of BAT the second is free entries: as a bitmap, it hides nothing
    [
      'to its own free entries',
      { type: 'dynamic', sizeBytes: 600 * MIB, blocks: [{ index: 0, data: 1 }], batOverrides: { 1: 5 } },
      false,
    ],
  ] as const)(
    '7-Zip stops with "Data Error" where it takes metadata for a block: %s',
    async (_name, image, stops) => {
      const file = write(folders(), { 'd.vhd': image });
      const run = runOracle('7z', ['t', '-tVHD', file]);
      expect(/Data Error/.test(run.stdout.toString() + run.stderr)).toBe(stops);
      for (const levels of LEVELS) {
        const { verdict, why } = (await checkImage(file, levels)).readers['7-zip'];
        expect([verdict, /Data Error/.test(why)], why).toEqual(['misreads', stops]);
      }
    },
  );

  it('7-Zip stops at data under clear bits, and a quick check claims nothing about them', async () => {
    const image: VhdKnobs = { ...DYNAMIC, blocks: [{ index: 0, data: 1, bitmap: [0] }] };
    const file = write(folders(), { 'd.vhd': image });
    expect(runOracle('7z', ['t', '-tVHD', file]).stderr).toMatch(/Data Error/);
    const [quick, deep] = await Promise.all(LEVELS.map((levels) => checkImage(file, levels)));
    for (const reader of ['7-zip', 'qemu-up-to-9'] as const) {
      expect(quick?.readers[reader].why).toMatch(/sector bitmaps and blocks were not read/);
      expect(deep?.readers[reader].verdict).toBe('misreads');
    }
  });
});

describeOracle([], 'predictions about readers that cannot be run here', () => {
  const folders = useTempFolders();

  it.each(REFUSED.slice(0, 5))('VirtualBox and Xen refuse: %s', async (_name, files) => {
    const file = write(folders(), files);
    for (const levels of LEVELS) {
      const { readers } = await checkImage(file, levels);
      for (const reader of ['virtualbox', 'xen', 'hyper-v'] as const)
        expect(readers[reader].verdict, readers[reader].why).toBe('refuses');
    }
  });
});
