import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { checkImage, createImage, openDisk, writeGuest } from '../../../src-main/engine';
import type { AppError } from '../../../src-shared/errors';
import { mountSmallVolume } from '../../support/small-volume';
import { withTempFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { countCalls, errorOf, expectNothingLost, failAt, sample, WRITING } from './failing-calls';
import { KIB, MIB, SCENARIOS } from './verb-scenarios';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a disk that is full at any moment', () => {
  it.each(SCENARIOS)('of "$name" leaves sources and images whole and no other file', async (scenario) => {
    const calls = await countCalls(scenario, WRITING);
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

  it('refuses a write whose new blocks find no room, and says how far it came where that is met later', async () => {
    const folder = fs.mkdtempSync(path.join(volume?.folder ?? '', 'f-'));
    const image = { path: path.join(folder, 'x.vhd') };
    await createImage({ path: image.path, type: 'dynamic', sizeBytes: 16 * MIB });
    fillUpTo(folder, 5 * MIB);
    const before = fs.readFileSync(image.path);
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 8; at += 1) yield await Promise.resolve(Buffer.alloc(MIB, 7));
    };
    const foreseen = await errorOf(writeGuest({ image, offset: 0, length: 8 * MIB }, pieces()));
    expect(foreseen).toMatchObject({ code: 'no-space', unchanged: 'Nothing was written.' });
    expect(fs.readFileSync(image.path).equals(before)).toBe(true);
    const history = { historyFolder: path.join(folder, 'history') };
    const takenBack = await errorOf(writeGuest({ image, offset: 0, history }, pieces()));
    expect(takenBack).toMatchObject({
      code: 'no-space',
      unchanged: expect.stringContaining('byte for byte') as string,
      hint: expect.not.stringContaining('--no-undo') as string,
    });
    expect(fs.readFileSync(image.path).equals(before)).toBe(true);
    // gathered pieces end on 8 MiB of the disk: the first has 3 MiB, and the second finds no room
    const offset = 5 * MIB;
    const met = await errorOf(writeGuest({ image, offset, noUndo: true }, pieces()));
    fs.rmSync(path.join(folder, 'ballast'), { force: true });
    const { writtenBytes } = (met as AppError).data as { writtenBytes: number };
    expect(met).toMatchObject({
      code: 'no-space',
      unchanged: expect.stringContaining('image is sound') as string,
    });
    expect(writtenBytes).toBe(3 * MIB);
    expect((await checkImage(image.path)).verdict).not.toBe('errors');
    const { disk, close } = await openDisk(image.path);
    const shown = Buffer.alloc(writtenBytes);
    await disk.readAt(shown, offset);
    await close();
    expect(shown.equals(Buffer.alloc(writtenBytes, 7))).toBe(true);
    fs.rmSync(folder, { recursive: true });
  });

  it('offers to write without an undo journal where that is what finds no room', async () => {
    const folder = fs.mkdtempSync(path.join(volume?.folder ?? '', 'f-'));
    const image = path.join(folder, 'x.vhd');
    const blocks = [0, 1, 2].map((index) => ({ index }));
    buildVhd({ type: 'dynamic', sizeBytes: 6 * MIB, blocks }).writeTo(image);
    fillUpTo(folder, 2 * MIB);
    const before = fs.readFileSync(image);
    const history = { historyFolder: path.join(folder, 'history') };
    const input = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.alloc(6 * MIB, 7));
    };
    expect(await errorOf(writeGuest({ image: { path: image }, offset: 0, history }, input()))).toMatchObject({
      code: 'no-space',
      hint: expect.stringContaining('--no-undo') as string,
    });
    expect(fs.readFileSync(image).equals(before)).toBe(true);
    fs.rmSync(folder, { recursive: true });
  });

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
