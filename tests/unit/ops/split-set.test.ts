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
  preflightConvert,
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
    await expect(convertImage(input)).rejects.toMatchObject({ code: 'unsupported' });
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

describe('a set that is whole', () => {
  const STRAYS = ['p.v02', 'f.v02'];
  beforeEach(() => {
    buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: parentContent }).writeTo(at('f.vhd'));
    split('p');
    split('f');
  });

  it.each<[string, () => Buffer]>([
    ['anything', () => Buffer.from('notes')],
    ['a disk of its own', () => Buffer.from(buildDynamicOf(childContent, BLOCK).bytes())],
    ['a copy of the last piece', () => fs.readFileSync(at('p.v01'))],
  ])('ends there, though %s has the name of a further piece', async (_, stray) => {
    for (const name of STRAYS) fs.writeFileSync(at(name), stray());
    for (const name of ['p.vhd', 'f.vhd']) {
      expect((await shownBy(at(name))).equals(parentContent), name).toBe(true);
      expect((await checkImage(at(name))).verdict, name).not.toBe('errors');
    }
  });

  it('ends there, though a piece is named that leaves a gap', async () => {
    fs.writeFileSync(at('p.v07'), 'notes');
    expect((await shownBy(at('p.vhd'))).equals(parentContent)).toBe(true);
    expect((await checkImage(at('p.vhd'))).verdict).not.toBe('errors');
  });

  it('does not end at a piece that ends with the footer of a disk inside the guest', async () => {
    const inner = Buffer.from(buildVhd({ type: 'fixed', sizeBytes: MIB }).bytes()).subarray(-512);
    const content = Buffer.from(patchyContent(4 * MIB, 3));
    inner.copy(content, 2 * MIB - 512);
    buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: content }).writeTo(at('g.vhd'));
    const bytes = fs.readFileSync(at('g.vhd'));
    fs.writeFileSync(at('g.vhd'), bytes.subarray(0, MIB));
    fs.writeFileSync(at('g.v01'), bytes.subarray(MIB, 2 * MIB));
    fs.writeFileSync(at('g.v02'), bytes.subarray(2 * MIB));
    expect((await shownBy(at('g.vhd'))).equals(content)).toBe(true);
  });

  it('is one through a link to its first piece, too', async () => {
    fs.mkdirSync(at('elsewhere'));
    for (const name of ['p.vhd', 'f.vhd']) {
      const link = at(`elsewhere/${name}`);
      fs.symlinkSync(at(name), link);
      expect((await shownBy(link)).equals(parentContent), name).toBe(true);
      await expect(applyEdit(link, { ...history(), set: { creator: 'vbox' } })).rejects.toMatchObject({
        code: 'unsupported',
      });
    }
    fs.symlinkSync(at('f.v01'), at('elsewhere/part.vhd'));
    await expect(openDisk(at('elsewhere/part.vhd'))).rejects.toMatchObject({ code: 'not-a-vhd' });
  });

  it('gets no new piece by the name of a result', async () => {
    fs.writeFileSync(at('f.v03'), 'notes');
    const before = contents();
    const refused = { code: 'unsupported', message: expect.stringContaining('"f.vhd"') as string };
    const request = { source: { path: at('c.vhd') }, to: 'fixed' } as const;
    await expect(convertImage({ ...request, target: at('f.v02') })).rejects.toMatchObject(refused);
    await expect(convertImage({ ...request, target: at('f.v03'), replace: true })).rejects.toMatchObject(
      refused,
    );
    expect(await preflightConvert({ ...request, target: at('f.v02') })).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ code: 'piece-name', level: 'blocked' }),
      ]) as unknown,
    });
    expect(contents()).toEqual(before);
  });
});

describe('a piece that is missing', () => {
  it('is the likely cause of all that lies behind it', async () => {
    buildVhd({
      type: 'dynamic',
      sizeBytes: 8 * BLOCK,
      blockSizeBytes: BLOCK,
      blocks: Array.from({ length: 8 }, (_, index) => ({ index })),
    }).writeTo(at('m.vhd'));
    split('m', 3);
    fs.rmSync(at('m.v01'));
    const { findings } = await checkImage(at('m.vhd'));
    const causes = findings.flatMap(({ likelyCause }) => likelyCause ?? []);
    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['footer-missing', 'bat-entry-outside']),
    );
    expect(causes.length).toBeGreaterThan(1);
    for (const cause of causes) expect(cause).toContain('"m.v01" is missing');
  });

  it('is called a link where it is one', async () => {
    split('p', 2);
    fs.renameSync(at('p.v01'), at('moved'));
    fs.symlinkSync(at('moved'), at('p.v01'));
    await expect(openDisk(at('p.vhd'))).rejects.toMatchObject({
      code: 'split-incomplete',
      message: expect.stringContaining('"p.v01" is a link') as string,
    });
  });
});

it('no child is linked to the last piece of a set, which is shorter than its disk', async () => {
  buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: parentContent }).writeTo(at('f.vhd'));
  split('f');
  fs.rmSync(at('f.vhd'));
  const before = contents();
  await expect(
    relinkImage({ child: at('c.vhd'), parent: at('f.v01'), acceptMismatch: true, history: history() }),
  ).rejects.toMatchObject({ code: 'too-damaged' });
  expect(contents()).toEqual(before);
});
