import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkImage,
  compactImage,
  convertImage,
  mergeImage,
  NodeFile,
  pendingJournal,
  readMetadata,
  relinkImage,
  resizeImage,
  snapshotImage,
  undoImage,
  writeGuest,
} from '../../src-main/engine';
import { caseCount } from '../support/disk-model';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../support/ops-content';
import { PowerCutRecorder, type CutFolder } from '../support/power-cut';
import { useTempFolders } from '../support/temp';
import { buildVhd } from '../support/vhd-builder';
import { shownBy } from '../support/shown-by';

const KIB = 1024;
const SIZE = 96 * KIB;
const BLOCK = 4 * KIB;
const content = patchyContent(SIZE, 41);
const newer = patchyContent(SIZE, 42);
const isChanged = (sector: number): boolean => sector % 5 < 2;
const folder = useTempFolders();

type At = (name: string) => string;

interface Scenario {
  readonly name: string;
  readonly prepare: (at: At) => void;
  readonly run: (at: At) => Promise<unknown>;
  /** The image that is looked at, what it shows before, and after; null where every mixture of both is right. */
  readonly image: string;
  readonly before: Buffer | null;
  readonly after: Buffer;
}

const history = (at: At) => ({ historyFolder: path.join(at('history')) });
const resizing =
  (name: string, sizeBytes: number, shrink = false): Scenario['run'] =>
  (at) =>
    resizeImage({ image: { path: at(name) }, sizeBytes, shrink, history: history(at) });
const grown = (sizeBytes: number): Buffer => Buffer.concat([content, Buffer.alloc(sizeBytes - SIZE)]);
/** Blocks out of order, with gaps and zeros between them, so that compacting has to move nearly all. */
function buildLoose(at: At): void {
  const blocks = Array.from({ length: SIZE / BLOCK }, (_, index) => (index * 7) % (SIZE / BLOCK)).map(
    (index) => ({
      index,
      data: content.subarray(index * BLOCK, (index + 1) * BLOCK),
      gapBytes: index % 3 === 0 ? 1024 : 0,
    }),
  );
  buildVhd({ type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: BLOCK, blocks }).writeTo(at('d.vhd'));
}
function buildPair(at: At, blockSizeBytes: number): void {
  const base = buildDynamicOf(content, 8 * KIB);
  base.writeTo(at('base.vhd'));
  buildChildOf(base, 'base.vhd', newer, isChanged, blockSizeBytes).writeTo(at('child.vhd'));
}
const merged = overlaid(content, newer, isChanged);
const shrinkable = Buffer.concat([content.subarray(0, SIZE / 2), Buffer.alloc(SIZE / 2)]);

const PIECE_AT = 3 * KIB + 100;
const piece = patchyContent(SIZE, 43).subarray(0, SIZE / 2 + 300);
const withPiece = (bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes);
  piece.copy(changed, PIECE_AT);
  return changed;
};
async function* inSmallPieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < piece.length; at += 5 * KIB)
    yield await Promise.resolve(piece.subarray(at, at + 5 * KIB));
}
const writing =
  (name: string, noUndo = false): Scenario['run'] =>
  (at) =>
    writeGuest(
      { image: { path: at(name) }, offset: PIECE_AT, noUndo, history: history(at) },
      inSmallPieces(),
    );

const IN_PLACE: readonly Scenario[] = [
  {
    name: 'writing into a fixed disk',
    prepare: (at) => buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('d.vhd')),
    run: writing('d.vhd'),
    image: 'd.vhd',
    before: content,
    after: withPiece(content),
  },
  {
    name: 'writing into blocks of a dynamic disk, new ones among them',
    prepare: (at) => buildDynamicOf(content, BLOCK).writeTo(at('d.vhd')),
    run: writing('d.vhd'),
    image: 'd.vhd',
    before: content,
    after: withPiece(content),
  },
  {
    name: 'writing into a child',
    prepare: (at) => buildPair(at, BLOCK),
    run: writing('child.vhd'),
    image: 'child.vhd',
    before: merged,
    after: withPiece(merged),
  },
  {
    name: 'growing a fixed disk',
    prepare: (at) => buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('d.vhd')),
    run: resizing('d.vhd', SIZE + 32 * KIB),
    image: 'd.vhd',
    before: content,
    after: grown(SIZE + 32 * KIB),
  },
  {
    name: 'shrinking a fixed disk',
    prepare: (at) => buildVhd({ type: 'fixed', sizeBytes: SIZE, data: shrinkable }).writeTo(at('d.vhd')),
    run: resizing('d.vhd', SIZE / 2, true),
    image: 'd.vhd',
    before: shrinkable,
    after: shrinkable.subarray(0, SIZE / 2),
  },
  {
    name: 'growing a dynamic disk whose BAT outgrows its place',
    prepare: (at) => buildDynamicOf(content, BLOCK).writeTo(at('d.vhd')),
    run: resizing('d.vhd', 2048 * KIB),
    image: 'd.vhd',
    before: content,
    after: grown(2048 * KIB),
  },
  {
    name: 'shrinking a dynamic disk',
    prepare: (at) => buildDynamicOf(shrinkable, BLOCK).writeTo(at('d.vhd')),
    run: resizing('d.vhd', SIZE / 2, true),
    image: 'd.vhd',
    before: shrinkable,
    after: shrinkable.subarray(0, SIZE / 2),
  },
  {
    name: 'growing a child over a longer parent',
    prepare: (at) => {
      const base = buildDynamicOf(grown(SIZE * 2).fill(0xee, SIZE), 8 * KIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, BLOCK).writeTo(at('child.vhd'));
    },
    run: resizing('child.vhd', SIZE * 2),
    image: 'child.vhd',
    before: merged,
    after: Buffer.concat([merged, Buffer.alloc(SIZE)]),
  },
  {
    name: 'compacting a dynamic disk',
    prepare: buildLoose,
    run: (at) => compactImage({ image: { path: at('d.vhd') }, history: history(at) }),
    image: 'd.vhd',
    before: content,
    after: content,
  },
  {
    name: 'relinking a child',
    prepare: (at) => {
      buildPair(at, BLOCK);
      fs.renameSync(at('base.vhd'), at('a name with which the old room is too small.vhd'));
    },
    run: (at) =>
      relinkImage({
        child: at('child.vhd'),
        parent: at('a name with which the old room is too small.vhd'),
        history: history(at),
      }),
    image: 'child.vhd',
    before: merged,
    after: merged,
  },
  {
    name: 'merging into the parent',
    prepare: (at) => buildPair(at, BLOCK),
    run: (at) => mergeImage({ child: { path: at('child.vhd') } }),
    image: 'child.vhd',
    before: merged,
    after: merged,
  },
  {
    name: 'merging larger blocks into the parent, which gets a new id',
    prepare: (at) => {
      buildPair(at, 32 * KIB);
      fs.copyFileSync(at('child.vhd'), at('other.vhd'));
    },
    run: (at) => mergeImage({ child: { path: at('child.vhd') }, breakChildren: true }),
    image: 'base.vhd',
    before: null,
    after: merged,
  },
];

function restore(into: string, { files }: CutFolder): void {
  for (const name of fs.readdirSync(into)) fs.rmSync(path.join(into, name), { recursive: true });
  for (const { name, bytes } of files) fs.writeFileSync(path.join(into, name), bytes);
}

/** No error but data in front of its bit, which is old content at the edge of a write and can be mended. */
async function expectSound(file: string, label: string, isMerging = false): Promise<void> {
  const opened = await NodeFile.open(file, 'read');
  try {
    const report = await checkImage({ file: opened, metadata: await readMetadata(opened) }, { deep: true });
    const errors = report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    expect(errors.includes('change-interrupted'), label).toBe(isMerging);
    const accepted = ['data-under-clear-bits', 'change-interrupted'];
    expect(
      errors.filter((code) => !accepted.includes(code)),
      label,
    ).toEqual([]);
  } finally {
    await opened.close();
  }
}

describe.each(IN_PLACE)('a power cut while $name', ({ prepare, run, image, before, after }) => {
  it('leaves the old content or the new, at once or after the undo that is found beside it', async () => {
    const into = folder();
    const at: At = (name) => path.join(into, name);
    prepare(at);
    const bytesBefore = fs.readFileSync(at(image));
    const recorder = await PowerCutRecorder.record(into, () => run(at));
    expect(recorder.momentCount).toBeGreaterThan(4);
    expect((await shownBy(at(image))).equals(after)).toBe(true);
    const seen = new Set<string>();
    for await (const cut of recorder.cuts(caseCount(10), 5)) {
      restore(into, cut);
      const pending = await pendingJournal(at(image));
      // a merge only rolls forward: its mark keeps no bytes and says so
      const isMark = pending?.begin.operation === 'merge' && pending.saved.length === 0;
      if (isMark) await expect(undoImage(at(image), history(at))).rejects.toThrow('interrupted');
      else if (pending) {
        await undoImage(at(image), history(at));
        if (before) expect(fs.readFileSync(at(image)).equals(bytesBefore), cut.label).toBe(true);
      }
      const shown = await shownBy(at(image));
      const which = before && shown.equals(before) ? 'before' : shown.equals(after) ? 'after' : 'neither';
      if (before) expect(which, cut.label).not.toBe('neither');
      await expectSound(at(image), cut.label, isMark);
      seen.add(pending && !isMark ? 'undone' : which);
    }
    expect(seen.has(before?.equals(after) ? 'before' : 'after')).toBe(true);
  });
});

describe('a power cut while guest bytes are written without undo', () => {
  it.each([
    [
      'a fixed disk',
      'd.vhd',
      content,
      (at: At) => buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('d.vhd')),
    ],
    ['a dynamic disk', 'd.vhd', content, (at: At) => buildDynamicOf(content, BLOCK).writeTo(at('d.vhd'))],
    ['a child', 'child.vhd', merged, (at: At) => buildPair(at, BLOCK)],
  ] as const)(
    'into %s leaves every sector old or new, and no journal',
    async (_what, name, before, prepare) => {
      const into = folder();
      const at: At = (file) => path.join(into, file);
      prepare(at);
      const recorder = await PowerCutRecorder.record(into, () => writing(name, true)(at));
      const after = withPiece(before);
      expect((await shownBy(at(name))).equals(after)).toBe(true);
      for await (const cut of recorder.cuts(caseCount(10), 7)) {
        restore(into, cut);
        expect(await pendingJournal(at(name)), cut.label).toBeNull();
        const shown = await shownBy(at(name));
        for (let from = 0; from < SIZE; from += 512) {
          const sector = shown.subarray(from, from + 512);
          const isOldOrNew = [before, after].some((one) => sector.equals(one.subarray(from, from + 512)));
          expect(isOldOrNew, `${cut.label}, sector ${from / 512}`).toBe(true);
        }
        await expectSound(at(name), cut.label);
      }
    },
  );
});

describe('a power cut while a new image is made', () => {
  it.each([
    [
      'a dynamic one',
      'new.vhd',
      (at: At) => convertImage({ source: { path: at('raw') }, target: at('new.vhd'), to: 'dynamic' }),
    ],
    [
      'a fixed one',
      'new.vhd',
      (at: At) => convertImage({ source: { path: at('raw') }, target: at('new.vhd'), to: 'fixed' }),
    ],
    [
      'a merged one',
      'new.vhd',
      (at: At) => mergeImage({ child: { path: at('child.vhd') }, target: at('new.vhd') }),
    ],
    [
      'a compacted one',
      'new.vhd',
      (at: At) => compactImage({ image: { path: at('loose.vhd') }, target: at('new.vhd') }),
    ],
    [
      'a snapshot',
      'new.vhd',
      (at: At) => snapshotImage({ parent: { path: at('loose.vhd') }, path: at('new.vhd') }),
    ],
  ] as const)('of %s leaves nothing under its name, or all of it', async (_what, target, run) => {
    const into = folder();
    const at: At = (name) => path.join(into, name);
    buildPair(at, BLOCK);
    buildLoose((name) => at(name === 'd.vhd' ? 'loose.vhd' : name));
    fs.writeFileSync(at('raw'), content);
    const sources = new Map(fs.readdirSync(into).map((name) => [name, fs.readFileSync(at(name))]));
    const recorder = await PowerCutRecorder.record(into, () => run(at));
    const shown = await shownBy(at(target));
    for await (const cut of recorder.cuts(caseCount(10), 6)) {
      restore(into, cut);
      for (const [name, bytes] of sources)
        expect(fs.readFileSync(at(name)).equals(bytes), cut.label).toBe(true);
      if (fs.existsSync(at(target))) expect((await shownBy(at(target))).equals(shown), cut.label).toBe(true);
    }
  });
});
