import fs from 'node:fs';
import {
  applyEdit,
  applyRepair,
  compactImage,
  convertImage,
  createImage,
  extractRange,
  mergeImage,
  relinkImage,
  resizeImage,
  snapshotImage,
  writeGuest,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { buildVhd } from '../../support/vhd-builder';

export const KIB = 1024;
export const MIB = 1024 * KIB;
const SIZE = 2 * MIB;
const content = patchyContent(SIZE, 21);
const newer = patchyContent(SIZE, 22);
const isChanged = (sector: number): boolean => sector % 5 === 0;

export interface Scenario {
  readonly name: string;
  readonly prepare: (at: (name: string) => string) => void;
  readonly run: (at: (name: string) => string) => Promise<unknown>;
  /** What the image shows before and after, where the verb changes one in place. */
  readonly shows?: { readonly name: string; readonly before: Buffer; readonly after: Buffer };
  /** The image may have changed: every sector shows what it did before or what it was to show. */
  readonly isBySector?: boolean;
  /** It writes a new file and changes none. */
  readonly makesFile?: boolean;
}

const piece = patchyContent(MIB, 23);
const written = Buffer.concat([content.subarray(0, MIB / 2), piece, content.subarray(MIB / 2 + MIB)]);
async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
const history = (at: (name: string) => string) => ({ historyFolder: at('history') });
const writingPiece =
  (name: string, noUndo = false): Scenario['run'] =>
  (at) =>
    writeGuest(
      { image: { path: at(name) }, offset: MIB / 2, length: MIB, noUndo, history: history(at) },
      bytesOf(piece),
    );
function buildEmptyChild(at: (name: string) => string): void {
  const base = buildDynamicOf(content, 64 * KIB);
  base.writeTo(at('base.vhd'));
  buildChildOf(base, 'base.vhd', content, () => false, 64 * KIB).writeTo(at('child.vhd'));
}
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'create',
    makesFile: true,
    prepare: () => undefined,
    run: (at) => createImage({ path: at('new.vhd'), type: 'dynamic', sizeBytes: 8 * MIB }),
  },
  {
    name: 'convert to dynamic',
    makesFile: true,
    prepare: (at) => fs.writeFileSync(at('raw'), content),
    run: (at) =>
      convertImage({
        source: { path: at('raw') },
        target: at('new.vhd'),
        to: 'dynamic',
        blockSizeBytes: 512 * KIB,
      }),
  },
  {
    name: 'convert to fixed',
    makesFile: true,
    prepare: (at) => fs.writeFileSync(at('raw'), content),
    run: (at) => convertImage({ source: { path: at('raw') }, target: at('new.vhd'), to: 'fixed' }),
  },
  {
    name: 'resize a fixed disk',
    prepare: (at) => buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('d.vhd')),
    run: (at) => resizeImage({ image: { path: at('d.vhd') }, sizeBytes: SIZE + MIB, history: history(at) }),
    shows: { name: 'd.vhd', before: content, after: Buffer.concat([content, Buffer.alloc(MIB)]) },
  },
  {
    name: 'resize a dynamic disk',
    prepare: (at) => buildDynamicOf(content, 4 * KIB).writeTo(at('d.vhd')),
    run: (at) => resizeImage({ image: { path: at('d.vhd') }, sizeBytes: 4 * MIB, history: history(at) }),
    shows: { name: 'd.vhd', before: content, after: Buffer.concat([content, Buffer.alloc(2 * MIB)]) },
  },
  {
    name: 'compact in place',
    prepare: (at) => {
      const blocks = [0, 1, 2, 3].map((index) => ({
        index,
        ...(index === 0 ? { data: 0 } : { gapBytes: 1024 }),
      }));
      buildVhd({ type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: 512 * KIB, blocks }).writeTo(at('d.vhd'));
    },
    run: (at) => compactImage({ image: { path: at('d.vhd') }, history: history(at) }),
  },
  {
    name: 'merge into the parent',
    prepare: (at) => {
      const base = buildDynamicOf(content, 512 * KIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
    },
    run: (at) => mergeImage({ child: { path: at('child.vhd') }, deleteChild: false }),
    shows: {
      name: 'child.vhd',
      before: overlaid(content, newer, isChanged),
      after: overlaid(content, newer, isChanged),
    },
  },
  {
    name: 'merge into a new file',
    makesFile: true,
    prepare: (at) => {
      const base = buildDynamicOf(content, 512 * KIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
    },
    run: (at) => mergeImage({ child: { path: at('child.vhd') }, target: at('new.vhd') }),
  },
  {
    name: 'snapshot',
    makesFile: true,
    prepare: (at) => buildDynamicOf(content, 512 * KIB).writeTo(at('base.vhd')),
    run: (at) => snapshotImage({ parent: { path: at('base.vhd') }, path: at('child.vhd') }),
  },
  {
    name: 'extract',
    makesFile: true,
    prepare: (at) => buildDynamicOf(content, 512 * KIB).writeTo(at('d.vhd')),
    run: (at) =>
      extractRange({ source: { path: at('d.vhd') }, target: at('x.raw'), offset: KIB, length: MIB }),
  },
  {
    name: 'compact into a new file',
    makesFile: true,
    prepare: (at) => buildDynamicOf(content, 512 * KIB).writeTo(at('d.vhd')),
    run: (at) => compactImage({ image: { path: at('d.vhd') }, target: at('new.vhd') }),
  },
  {
    name: 'resize of a child',
    prepare: (at) => {
      const base = buildDynamicOf(content, 512 * KIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
    },
    run: (at) =>
      resizeImage({ image: { path: at('child.vhd') }, sizeBytes: 512 * MIB, history: history(at) }),
  },
  {
    name: 'repair',
    prepare: (at) => {
      buildDynamicOf(content, 512 * KIB).writeTo(at('d.vhd'));
      const bytes = fs.readFileSync(at('d.vhd'));
      bytes.write('oops', bytes.length - 512 + 100);
      fs.writeFileSync(at('d.vhd'), bytes);
    },
    run: (at) => applyRepair(at('d.vhd'), history(at)),
  },
  {
    name: 'edit',
    prepare: (at) => buildDynamicOf(content, 512 * KIB).writeTo(at('d.vhd')),
    run: (at) => applyEdit(at('d.vhd'), { ...history(at), set: { creator: 'vbox' } }),
  },
  {
    name: 'relink',
    prepare: (at) => {
      const base = buildDynamicOf(content, 512 * KIB);
      buildChildOf(base, 'gone.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
      base.writeTo(at('base.vhd'));
    },
    run: (at) => relinkImage({ child: at('child.vhd'), parent: at('base.vhd'), history: history(at) }),
  },
  {
    name: 'write into a fixed disk',
    prepare: (at) => buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('d.vhd')),
    run: writingPiece('d.vhd'),
    shows: { name: 'd.vhd', before: content, after: written },
  },
  {
    name: 'write into a dynamic disk',
    prepare: (at) => buildDynamicOf(content, 64 * KIB).writeTo(at('d.vhd')),
    run: writingPiece('d.vhd'),
    shows: { name: 'd.vhd', before: content, after: written },
  },
  {
    name: 'write into a child',
    prepare: buildEmptyChild,
    run: writingPiece('child.vhd'),
    shows: { name: 'child.vhd', before: content, after: written },
  },
  {
    name: 'write into a dynamic disk without undo',
    prepare: (at) => buildDynamicOf(content, 64 * KIB).writeTo(at('d.vhd')),
    run: writingPiece('d.vhd', true),
    shows: { name: 'd.vhd', before: content, after: written },
    isBySector: true,
  },
  {
    name: 'write into a child without undo',
    prepare: buildEmptyChild,
    run: writingPiece('child.vhd', true),
    shows: { name: 'child.vhd', before: content, after: written },
    isBySector: true,
  },
];
