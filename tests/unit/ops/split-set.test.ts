import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  applyEdit,
  applyRepair,
  mergeImage,
  planEdit,
  planRepair,
  preflightMerge,
  relinkImage,
  undoImage,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { useTempFolders } from '../../support/temp';

const MIB = 1024 * 1024;
const BLOCK = 512 * 1024;
const newFolder = useTempFolders();
let folder = '';
const at = (name: string): string => path.join(folder, name);
const history = (): { historyFolder: string } => ({ historyFolder: at('history') });

const parentContent = patchyContent(4 * MIB, 1);
const childContent = patchyContent(4 * MIB, 2);
const isChanged = (sector: number): boolean => sector % 3 === 0;

beforeEach(() => {
  folder = newFolder('split');
  const parent = buildDynamicOf(parentContent, BLOCK);
  parent.writeTo(at('p.vhd'));
  buildChildOf(parent, 'p.vhd', childContent, isChanged, BLOCK).writeTo(at('c.vhd'));
});

/** Cuts an image in two pieces, as Virtual PC 2004 stored large ones. */
function split(stem: string): void {
  const bytes = fs.readFileSync(at(`${stem}.vhd`));
  const half = Math.floor(bytes.length / 1024) * 512;
  fs.writeFileSync(at(`${stem}.vhd`), bytes.subarray(0, half));
  fs.writeFileSync(at(`${stem}.v01`), bytes.subarray(half));
}

const contents = (): Record<string, string> =>
  Object.fromEntries(
    fs.readdirSync(folder).map((name) => [name, fs.readFileSync(at(name)).toString('latin1')]),
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
    const pieces = [fs.readFileSync(at('c.vhd')), fs.readFileSync(at('c.v01'))];
    await expect(undoImage(at('c.vhd'), history())).rejects.toThrow();
    expect([fs.readFileSync(at('c.vhd')), fs.readFileSync(at('c.v01'))]).toEqual(pieces);
  });
});
