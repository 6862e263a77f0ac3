import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  applyEdit,
  applyRepair,
  compactImage,
  convertImage,
  mergeImage,
  NodeFile,
  relinkImage,
  resizeImage,
  undoImage,
  writeGuest,
} from '../../../src-main/engine';
import { lockExclusive } from '../../../src-main/engine/io';
import { makeLocksMandatory } from '../../support/mandatory-locks';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { withTempFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { shownBy } from '../../support/shown-by';

const KIB = 1024;
const SIZE = 2 * 1024 * KIB;
const content = patchyContent(SIZE, 41);
const newer = patchyContent(SIZE, 42);
const isChanged = (sector: number): boolean => sector % 3 === 0;
afterEach(() => {
  vi.restoreAllMocks();
});

type At = (name: string) => string;
const history = (at: At) => ({ historyFolder: at('history') });

/** A parent, its child, and a dynamic disk with a wrong checksum and blocks of zeros. */
function family(at: At): void {
  const base = buildDynamicOf(content, 512 * KIB);
  base.writeTo(at('base.vhd'));
  buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
  buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('fixed.vhd'));
  buildVhd({
    type: 'differencing',
    sizeBytes: SIZE,
    blockSizeBytes: 512 * KIB,
    blocks: [{ index: 0 }, { index: 2, gapBytes: 1024 * KIB }],
    header: { parentId: base.uniqueId, parentName: 'base.vhd' },
  }).writeTo(at('gaps.vhd'));
  const blocks = [0, 1, 2, 3].map((index) => ({ index, ...(index < 2 ? { data: 0 } : {}) }));
  buildVhd({ type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: 512 * KIB, blocks }).writeTo(at('loose.vhd'));
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const VERBS: readonly (readonly [string, (at: At) => Promise<unknown>])[] = [
  ['write into a dynamic disk', (at) => write(at, 'loose.vhd')],
  ['write into a child', (at) => write(at, 'child.vhd')],
  ['write into a fixed disk', (at) => write(at, 'fixed.vhd')],
  ['write without undo', (at) => write(at, 'loose.vhd', true)],
  [
    'resize of a fixed disk',
    (at) => resizeImage({ image: { path: at('fixed.vhd') }, sizeBytes: 2 * SIZE, history: history(at) }),
  ],
  [
    'resize of a dynamic disk',
    (at) => resizeImage({ image: { path: at('loose.vhd') }, sizeBytes: 300 * SIZE, history: history(at) }),
  ],
  [
    'resize of a child',
    (at) => resizeImage({ image: { path: at('child.vhd') }, sizeBytes: 300 * SIZE, history: history(at) }),
  ],
  ['compact', (at) => compactImage({ image: { path: at('loose.vhd') }, history: history(at) })],
  ['compact of a child', (at) => compactImage({ image: { path: at('gaps.vhd') }, history: history(at) })],
  ['merge', (at) => mergeImage({ child: { path: at('child.vhd') }, breakChildren: true })],
  [
    'relink',
    (at) => {
      fs.mkdirSync(at('moved'));
      fs.renameSync(at('base.vhd'), at('moved/base.vhd'));
      return relinkImage({ child: at('child.vhd'), parent: at('moved/base.vhd'), history: history(at) });
    },
  ],
  ['edit', (at) => applyEdit(at('fixed.vhd'), { ...history(at), set: { creator: 'vbox' } })],
  [
    'repair and undo',
    async (at) => {
      const broken = fs.readFileSync(at('loose.vhd'));
      broken.write('oops', broken.length - 512 + 100);
      fs.writeFileSync(at('loose.vhd'), broken);
      const plan = await applyRepair(at('loose.vhd'), history(at));
      expect(plan.applied).toBe(true);
      await undoImage(at('loose.vhd'), history(at));
      expect(fs.readFileSync(at('loose.vhd')).equals(broken)).toBe(true);
    },
  ],
  [
    'conversion over an existing file',
    (at) =>
      convertImage({
        source: { path: at('fixed.vhd') },
        target: at('loose.vhd'),
        to: 'dynamic',
        replace: true,
      }),
  ],
];

const write = (at: At, name: string, noUndo = false): Promise<unknown> =>
  writeGuest(
    { image: { path: at(name) }, offset: 1000, length: 5000, noUndo, history: history(at) },
    bytesOf(new Uint8Array(5000).fill(7)),
  );

describe('where a lock keeps everybody else from the bytes, as on Windows,', () => {
  it.each(VERBS)('a %s still does its work', async (_name, run) => {
    await withTempFolder(async (folder) => {
      const at: At = (name) => path.join(folder, name);
      family(at);
      const locks = makeLocksMandatory();
      await run(at);
      expect(locks.taken()).toBeGreaterThan(0);
      vi.restoreAllMocks();
    });
  });

  it('another handle is kept out (so that the tests above can fail)', async () => {
    await withTempFolder(async (folder) => {
      const at: At = (name) => path.join(folder, name);
      family(at);
      makeLocksMandatory();
      const file = await NodeFile.open(at('child.vhd'), 'write');
      lockExclusive(file);
      await expect(shownBy(at('child.vhd'))).rejects.toMatchObject({ code: 'file-in-use' });
      await file.close();
      expect((await shownBy(at('child.vhd'))).equals(overlaid(content, newer, isChanged))).toBe(true);
    });
  });
});
