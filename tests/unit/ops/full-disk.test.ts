import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  compactImage,
  convertImage,
  createImage,
  mergeImage,
  openDisk,
  pendingJournal,
  resizeImage,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { withTempFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZE = 2 * MIB;
const content = patchyContent(SIZE, 21);
const newer = patchyContent(SIZE, 22);
const isChanged = (sector: number): boolean => sector % 5 === 0;
afterEach(() => {
  vi.restoreAllMocks();
});

type Callback = (error: NodeJS.ErrnoException | null, value?: number) => void;

/** Every write, resize and flush of the engine's files counted; the one with this number fails with ENOSPC. */
function failAt(number: number): { readonly calls: () => number } {
  let calls = 0;
  const wrap = (name: 'write' | 'ftruncate' | 'fsync'): void => {
    const original = fs[name] as (...args: unknown[]) => void;
    vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      calls += 1;
      if (calls !== number) return original(...args);
      const done = args[args.length - 1] as Callback;
      const error: NodeJS.ErrnoException = Object.assign(new Error('no space'), {
        code: 'ENOSPC',
        errno: -28,
      });
      setImmediate(() => done(error));
      return undefined;
    });
  };
  wrap('write');
  wrap('ftruncate');
  wrap('fsync');
  return { calls: () => calls };
}

interface Scenario {
  readonly name: string;
  readonly prepare: (at: (name: string) => string) => void;
  readonly run: (at: (name: string) => string) => Promise<unknown>;
  /** What the image shows before and after, where the verb changes one in place. */
  readonly shows?: { readonly name: string; readonly before: Buffer; readonly after: Buffer };
}

const history = (at: (name: string) => string) => ({ historyFolder: at('history') });
const SCENARIOS: readonly Scenario[] = [
  {
    name: 'create',
    prepare: () => undefined,
    run: (at) => createImage({ path: at('new.vhd'), type: 'dynamic', sizeBytes: 8 * MIB }),
  },
  {
    name: 'convert to dynamic',
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
    prepare: (at) => {
      const base = buildDynamicOf(content, 512 * KIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
    },
    run: (at) => mergeImage({ child: { path: at('child.vhd') }, target: at('new.vhd') }),
  },
];

async function shownBy(file: string): Promise<Buffer> {
  const opened = await openDisk(file);
  try {
    const bytes = Buffer.alloc(opened.disk.sizeBytes);
    await opened.disk.readAt(bytes, 0);
    return bytes;
  } finally {
    await opened.close();
  }
}

/** Failing calls to try: all of the first and last, and a spread between. */
const sample = (calls: number): number[] =>
  [
    ...new Set([
      1,
      2,
      3,
      calls - 2,
      calls - 1,
      calls,
      ...Array.from({ length: 4 }, (_, at) => Math.ceil(((at + 1) * calls) / 5)),
    ]),
  ].filter((number) => number >= 1 && number <= calls);

describe('a disk that is full at any moment', () => {
  it.each(SCENARIOS)(
    'of "$name" leaves sources and images whole and no other file',
    async ({ prepare, run, shows }) => {
      const calls = await withTempFolder(async (folder) => {
        const at = (name: string): string => path.join(folder, name);
        prepare(at);
        const counted = failAt(0);
        await run(at);
        vi.restoreAllMocks();
        return counted.calls();
      });
      expect(calls).toBeGreaterThan(2);
      for (const number of sample(calls)) {
        await withTempFolder(async (folder) => {
          const at = (name: string): string => path.join(folder, name);
          prepare(at);
          const names = fs.readdirSync(folder).sort();
          const before = new Map(names.map((name) => [name, fs.readFileSync(at(name))]));
          failAt(number);
          const outcome = await run(at).then(
            () => null,
            (error: unknown) => error,
          );
          vi.restoreAllMocks();
          expect(outcome, `call ${number} of ${calls}`).toMatchObject({ code: 'no-space' });
          expect(
            fs
              .readdirSync(folder)
              .filter((name) => name !== 'history')
              .sort(),
            `call ${number} of ${calls}`,
          ).toEqual(names);
          for (const name of names) {
            if (name === 'base.vhd') continue;
            expect(
              fs.readFileSync(at(name)).equals(before.get(name) ?? Buffer.alloc(0)),
              `${name}, call ${number} of ${calls}`,
            ).toBe(true);
            expect(await pendingJournal(at(name))).toBeNull();
          }
          if (shows)
            expect((await shownBy(at(shows.name))).equals(shows.before), `call ${number} of ${calls}`).toBe(
              true,
            );
        });
      }
    },
  );
});
