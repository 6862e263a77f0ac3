import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  applyEdit,
  applyRepair,
  checkImage,
  compareImages,
  convertImage,
  hashImage,
  makeAzureImage,
  mergeImage,
  openDisk,
  planEdit,
  planRepair,
  preflightMerge,
  relinkImage,
  rescueImage,
  undoImage,
} from '../../../src-main/engine';
import { requireSourceUnchanged } from '../../../src-main/engine/ops/disk-source';
import { buildVhd } from '../../support/vhd-builder';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { splitImage } from '../../support/split-image';
import { useTestFolder } from '../../support/temp';

const MIB = 1024 * 1024;
const BLOCK = 512 * 1024;
const at = useTestFolder('split');
const history = (): { historyFolder: string } => ({ historyFolder: at('history') });

const parentContent = patchyContent(4 * MIB, 1);
const childContent = patchyContent(4 * MIB, 2);
const isChanged = (sector: number): boolean => sector % 3 === 0;

beforeEach(() => {
  const parent = buildDynamicOf(parentContent, BLOCK);
  parent.writeTo(at('p.vhd'));
  buildChildOf(parent, 'p.vhd', childContent, isChanged, BLOCK).writeTo(at('c.vhd'));
});

/** Cuts an image in pieces, as Virtual PC 2004 stored large ones. */
const split = (stem: string, count = 2): void => splitImage(at(`${stem}.vhd`), count);

const contents = (): Record<string, string> =>
  Object.fromEntries(
    fs
      .readdirSync(at(), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, fs.readFileSync(at(name)).toString('latin1')]),
  );

describe('a split set is refused as one, with nothing changed, by', () => {
  it.each<[string, string, () => Promise<unknown>]>([
    ['the plan of an edit', 'c', () => planEdit(at('c.vhd'), { ...history(), set: { creator: 'vbox' } })],
    ['an edit', 'c', () => applyEdit(at('c.vhd'), { ...history(), set: { creator: 'vbox' } })],
    ['the plan of a repair', 'c', () => planRepair(at('c.vhd'))],
    ['a repair', 'c', () => applyRepair(at('c.vhd'), history())],
    ['a relink', 'c', () => relinkImage({ child: at('c.vhd'), parent: at('p.vhd'), history: history() })],
    ['the review of a merge into it', 'p', () => preflightMerge({ child: { path: at('c.vhd') } })],
    ['a merge into it', 'p', () => mergeImage({ child: { path: at('c.vhd') } })],
    [
      'the review of a merge that would delete it',
      'c',
      () => preflightMerge({ child: { path: at('c.vhd') }, deleteChild: true }),
    ],
    [
      'a merge that would delete it',
      'c',
      () => mergeImage({ child: { path: at('c.vhd') }, deleteChild: true }),
    ],
  ])('%s', async (_, stem, run) => {
    split(stem);
    const before = contents();
    await expect(run()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/split set/) as string,
    });
    expect(contents()).toEqual(before);
  });
});

describe('a split set', () => {
  it('is merged into its parent, and all its pieces stay', async () => {
    split('c');
    await mergeImage({ child: { path: at('c.vhd') } });
    expect((await shownBy(at('p.vhd'))).equals(overlaid(parentContent, childContent, isChanged))).toBe(true);
    expect(fs.existsSync(at('c.vhd')) && fs.existsSync(at('c.v01'))).toBe(true);
  });

  it('can be the parent that a child is linked to', async () => {
    split('p');
    await relinkImage({ child: at('c.vhd'), parent: at('p.vhd'), history: history() });
    expect((await shownBy(at('c.vhd'))).equals(overlaid(parentContent, childContent, isChanged))).toBe(true);
  });

  it('takes no undo of a change that was made before it was split', async () => {
    await applyEdit(at('c.vhd'), { ...history(), set: { creator: 'vbox' } });
    split('c');
    const before = contents();
    await expect(undoImage(at('c.vhd'), history())).rejects.toThrow();
    expect(contents()).toEqual(before);
  });
});

describe('a fixed split set', () => {
  beforeEach(() => {
    buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: parentContent }).writeTo(at('f.vhd'));
    split('f', 3);
  });

  it('is recognised by every verb that finds out what a file is', async () => {
    fs.writeFileSync(at('same.raw'), parentContent);
    await convertImage({ source: { path: at('f.vhd') }, target: at('one.vhd'), to: 'dynamic' });
    expect((await shownBy(at('one.vhd'))).equals(parentContent)).toBe(true);
    const compared = await compareImages({ a: { path: at('f.vhd') }, b: { path: at('same.raw') } });
    expect(compared.identical).toBe(true);
    await makeAzureImage({ source: { path: at('f.vhd') }, target: at('azure.vhd') });
    expect(
      fs
        .readFileSync(at('azure.vhd'))
        .subarray(0, 4 * MIB)
        .equals(parentContent),
    ).toBe(true);
    await rescueImage(at('f.vhd'), at('saved.vhd'));
    expect((await shownBy(at('saved.vhd'))).equals(parentContent)).toBe(true);
  });

  it('keeps its pieces from being replaced by what is made from it', async () => {
    const input = {
      source: { path: at('f.vhd') },
      target: at('f.v02'),
      to: 'dynamic',
      replace: true,
    } as const;
    const before = contents();
    await expect(convertImage(input)).rejects.toMatchObject({ code: 'target-is-source' });
    await expect(rescueImage(at('f.vhd'), at('f.v01'), { replace: true })).rejects.toMatchObject({
      code: 'target-is-source',
    });
    expect(contents()).toEqual(before);
  });

  it('notices that a later piece was changed while it was read', async () => {
    const opened = await openDisk(at('f.vhd'));
    try {
      fs.writeFileSync(at('f.v02'), Buffer.concat([fs.readFileSync(at('f.v02')), Buffer.alloc(512)]));
      await expect(requireSourceUnchanged(opened)).rejects.toMatchObject({ code: 'file-changed' });
    } finally {
      await opened.close();
    }
  });

  it.each(['f.v01', 'f.v02'])('is named where its piece %s is given instead', async (piece) => {
    for (const run of [
      () => checkImage(at(piece)),
      () => openDisk(at(piece)),
      () => planRepair(at(piece)),
      () => planEdit(at(piece), { ...history(), set: { creator: 'vbox' } }),
      () => rescueImage(at(piece), at('out.vhd')),
    ])
      await expect(run()).rejects.toMatchObject({
        code: 'not-a-vhd',
        hint: expect.stringContaining('f.vhd') as string,
      });
  });

  it.each([
    ['f.v01', /"f\.v01" is missing/],
    ['f.v02', /no footer at the end of "f\.v01"/],
  ])('says that %s is missing', async (piece, words) => {
    fs.rmSync(at(piece));
    const incomplete = { code: 'split-incomplete', message: expect.stringMatching(words) as string };
    await expect(checkImage(at('f.vhd'))).rejects.toMatchObject(incomplete);
    await expect(openDisk(at('f.vhd'))).rejects.toMatchObject(incomplete);
    await expect(hashImage({ source: { path: at('f.vhd') } })).rejects.toMatchObject(incomplete);
  });
});

describe('a dynamic split set with a piece missing', () => {
  beforeEach(() => {
    split('p', 3);
    fs.rmSync(at('p.v01'));
  });

  it('is not read as if the rest were damaged, unless that is asked for', async () => {
    await expect(openDisk(at('p.vhd'))).rejects.toMatchObject({ code: 'split-incomplete' });
    await (await openDisk(at('p.vhd'), { allowDamaged: true })).close();
  });

  it('is an error of the check, and no repair is made that would part the pieces for good', async () => {
    const { findings } = await checkImage(at('p.vhd'));
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'split-image',
        severity: 'error',
        detail: expect.stringContaining('"p.v01" is missing') as string,
      }),
    );
    const before = contents();
    await expect(applyRepair(at('p.vhd'), history())).rejects.toMatchObject({ code: 'unsupported' });
    expect(contents()).toEqual(before);
  });

  it('is told of by a rescue', async () => {
    const { lost } = await rescueImage(at('p.vhd'), at('saved.vhd'));
    expect(lost.join(' ')).toContain('"p.v01"');
  });
});

it('a whole image is none because of a file that is named like a piece', async () => {
  fs.writeFileSync(at('p.v01'), 'notes');
  fs.writeFileSync(at('p.v07'), 'more notes');
  expect((await shownBy(at('p.vhd'))).equals(parentContent)).toBe(true);
  await applyEdit(at('p.vhd'), { ...history(), set: { creator: 'vbox' } });
  buildDynamicOf(childContent, BLOCK).writeTo(at('p.v02'));
  expect((await shownBy(at('p.v02'))).equals(childContent)).toBe(true);
});
