import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import {
  applyEdit,
  applyRepair,
  compactImage,
  convertImage,
  createImage,
  extractRange,
  mergeImage,
  openDisk,
  pendingJournal,
  relinkImage,
  resizeImage,
  snapshotImage,
  writeGuest,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { mountSmallVolume } from '../../support/small-volume';
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
  const wrap = (name: 'write' | 'ftruncate' | 'fsync' | 'fdatasync'): void => {
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
  wrap('fdatasync');
  return { calls: () => calls };
}

interface Scenario {
  readonly name: string;
  readonly prepare: (at: (name: string) => string) => void;
  readonly run: (at: (name: string) => string) => Promise<unknown>;
  /** What the image shows before and after, where the verb changes one in place. */
  readonly shows?: { readonly name: string; readonly before: Buffer; readonly after: Buffer };
  /** The image may have changed: every sector shows what it did before or what it was to show. */
  readonly isBySector?: boolean;
}

const piece = patchyContent(MIB, 23);
const written = Buffer.concat([content.subarray(0, MIB / 2), piece, content.subarray(MIB / 2 + MIB)]);
async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
const writePiece = (file: string): Promise<unknown> =>
  writeGuest({ image: { path: file }, offset: MIB / 2, length: MIB }, bytesOf(piece));
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
  {
    name: 'snapshot',
    prepare: (at) => buildDynamicOf(content, 512 * KIB).writeTo(at('base.vhd')),
    run: (at) => snapshotImage({ parent: { path: at('base.vhd') }, path: at('child.vhd') }),
  },
  {
    name: 'extract',
    prepare: (at) => buildDynamicOf(content, 512 * KIB).writeTo(at('d.vhd')),
    run: (at) =>
      extractRange({ source: { path: at('d.vhd') }, target: at('x.raw'), offset: KIB, length: MIB }),
  },
  {
    name: 'compact into a new file',
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
    name: 'write into a dynamic disk',
    prepare: (at) => buildDynamicOf(content, 64 * KIB).writeTo(at('d.vhd')),
    run: (at) => writePiece(at('d.vhd')),
    shows: { name: 'd.vhd', before: content, after: written },
    isBySector: true,
  },
  {
    name: 'write into a child',
    prepare: (at) => {
      const base = buildDynamicOf(content, 64 * KIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', content, () => false, 64 * KIB).writeTo(at('child.vhd'));
    },
    run: (at) => writePiece(at('child.vhd')),
    shows: { name: 'child.vhd', before: content, after: written },
    isBySector: true,
  },
];

/** Every sector is the old one or the new one. */
function expectBySector(
  shown: Buffer,
  { before, after }: NonNullable<Scenario['shows']>,
  note: string,
): void {
  expect(shown.length, note).toBe(before.length);
  for (let at = 0; at < shown.length; at += 512) {
    const sector = shown.subarray(at, at + 512);
    if (!sector.equals(before.subarray(at, at + 512)) && !sector.equals(after.subarray(at, at + 512)))
      expect.fail(`${note}: sector ${at / 512} is neither old nor new`);
  }
}

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

const prepared = new Map<Scenario, readonly (readonly [name: string, bytes: Buffer])[]>();

/** Lays the scenario's files into a folder; they are made once. */
async function lay(scenario: Scenario, folder: string): Promise<ReadonlyMap<string, Buffer>> {
  let files = prepared.get(scenario);
  if (!files) {
    files = await withTempFolder((made) => {
      scenario.prepare((name) => path.join(made, name));
      return fs.readdirSync(made).map((name) => [name, fs.readFileSync(path.join(made, name))] as const);
    });
    prepared.set(scenario, files);
  }
  for (const [name, bytes] of files) fs.writeFileSync(path.join(folder, name), bytes);
  return new Map(files);
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

interface Outcome {
  readonly error: unknown;
  /** What is said beside a failing expectation. */
  readonly note: string;
}

/** Prepares, lets the verb fail, and looks at what it leaves. `run` says how it failed, or gives null where it did not. */
async function expectNothingLost(
  folder: string,
  scenario: Scenario,
  run: () => Promise<Outcome | null>,
): Promise<Outcome | null> {
  const at = (name: string): string => path.join(folder, name);
  const { shows, isBySector } = scenario;
  const before = await lay(scenario, folder);
  const names = [...before.keys()].sort();
  const outcome = await run();
  if (!outcome) return null;
  const { note } = outcome;
  const left = fs.readdirSync(folder).filter((name) => name !== 'history');
  expect(left.sort(), note).toEqual(names);
  for (const name of names) {
    if (name === 'base.vhd') continue;
    expect(await pendingJournal(at(name)), note).toBeNull();
    if (isBySector && name === shows?.name) continue;
    const isSame = fs.readFileSync(at(name)).equals(before.get(name) ?? Buffer.alloc(0));
    expect(isSame, `${name}, ${note}`).toBe(true);
  }
  if (!shows) return outcome;
  const shown = await shownBy(at(shows.name));
  if (isBySector) expectBySector(shown, shows, note);
  else expect(shown.equals(shows.before), note).toBe(true);
  return outcome;
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('a disk that is full at any moment', () => {
  it.each(SCENARIOS)('of "$name" leaves sources and images whole and no other file', async (scenario) => {
    const calls = await withTempFolder(async (folder) => {
      const at = (name: string): string => path.join(folder, name);
      await lay(scenario, folder);
      const counted = failAt(0);
      await scenario.run(at);
      vi.restoreAllMocks();
      return counted.calls();
    });
    expect(calls).toBeGreaterThan(2);
    for (const number of sample(calls)) {
      await withTempFolder(async (folder) => {
        const at = (name: string): string => path.join(folder, name);
        const outcome = await expectNothingLost(folder, scenario, async () => {
          failAt(number);
          const error = await errorOf(scenario.run(at));
          vi.restoreAllMocks();
          return { error, note: `call ${number} of ${calls}` };
        });
        expect(outcome?.error, outcome?.note).toMatchObject({ code: 'no-space' });
      });
    }
  });
});

const VOLUME_BYTES = 12 * MIB;
const volume = mountSmallVolume(VOLUME_BYTES);
afterAll(() => volume?.unmount());

describe.runIf(volume !== null)('a real volume that has too little room', () => {
  /** Leaves this much, at most, in a fresh folder of the volume. */
  function fillUpTo(folder: string, freeBytes: number): void {
    const { bavail, bsize } = fs.statfsSync(folder);
    const ballastBytes = bavail * bsize - freeBytes;
    if (ballastBytes > 0) fs.writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(ballastBytes, 1));
  }

  /** Pages that the verb is short of: as far as it gets with them is another moment each. */
  const ROOM_BYTES = [0, 16 * KIB, 256 * KIB];

  it.each(SCENARIOS)(
    'fails "$name" with nothing lost, whether it is foreseen or met while writing',
    async (scenario) => {
      let failures = 0;
      for (const isForeseen of [true, false]) {
        for (const roomBytes of ROOM_BYTES) {
          const folder = fs.mkdtempSync(path.join(volume?.folder ?? '', 'f-'));
          const at = (name: string): string => path.join(folder, name);
          const outcome = await expectNothingLost(folder, scenario, async () => {
            fillUpTo(folder, roomBytes);
            if (!isForeseen) pretendEndlessRoom();
            const error = await errorOf(scenario.run(at));
            vi.restoreAllMocks();
            fs.rmSync(at('ballast'), { force: true });
            return error ? { error, note: `${roomBytes} bytes of room, foreseen: ${isForeseen}` } : null;
          });
          fs.rmSync(folder, { recursive: true });
          if (!outcome) continue;
          failures += 1;
          expect(outcome.error, outcome.note).toMatchObject({ code: 'no-space' });
        }
      }
      expect(failures).toBeGreaterThan(0);
    },
  );

  it('says how much would be written and how much is free', async () => {
    const folder = fs.mkdtempSync(path.join(volume?.folder ?? '', 'f-'));
    fillUpTo(folder, MIB);
    const input = {
      path: path.join(folder, 'x.vhd'),
      type: 'fixed',
      sizeBytes: 4 * MIB,
      allocate: 'full',
    } as const;
    await expect(createImage(input)).rejects.toMatchObject({
      code: 'no-space',
      message: expect.stringMatching(
        /4 MiB \+ 512 bytes \(4,194,816 bytes\) will be written; .* are free/,
      ) as string,
    });
    fs.rmSync(folder, { recursive: true });
  });
});

/** The pre-flight believes that there is room, so that its lack is met while writing. */
function pretendEndlessRoom(): void {
  const stats = { type: 0x01021994, bsize: 4096, bavail: 2 ** 40 };
  const statfs = (_path: string, done: (error: Error | null, stats: unknown) => void): void =>
    done(null, stats);
  vi.spyOn(fs, 'statfs').mockImplementation(statfs as never);
}
