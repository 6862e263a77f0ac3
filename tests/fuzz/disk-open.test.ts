import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-shared/errors';
import { chainReport, openDisk, openDiskFromFile } from '../../src-main/engine/chain';
import { openImageForWriting, readMetadata } from '../../src-main/engine/disk';
import { listBlocks } from '../support/map-lists';
import { viewMap } from '../../src-main/engine/ops/map-view';
import { caseCount } from '../support/disk-model';
import { MemoryFile } from '../support/fake-files';
import { useTempFolders } from '../support/temp';
import { buildVhd } from '../support/vhd-builder';
import fs from 'node:fs';
import path from 'node:path';

const BLOCK = 4096;

const SEEDS = [
  buildVhd({
    type: 'dynamic',
    sizeBytes: 8 * BLOCK,
    blockSizeBytes: BLOCK,
    blocks: [{ index: 0 }, { index: 5 }],
    batmap: 'valid',
  }).bytes(),
  buildVhd({ type: 'fixed', sizeBytes: 8 * BLOCK }).bytes(),
  buildVhd({
    type: 'differencing',
    sizeBytes: 8 * BLOCK,
    blockSizeBytes: BLOCK,
    blocks: [{ index: 1, bitmap: [1, 3] }],
    header: { parentId: '00000000-0000-0000-0000-000000000001', parentName: 'p.vhd' },
    locators: [
      { platform: 'W2ru', data: '.\\p.vhd' },
      { platform: 'MacX', data: 'file://./p.vhd' },
    ],
  }).bytes(),
];

/** Bytes at places of the metadata, which lies in the first 3 KiB and the last 512 bytes, and a cut. */
const damage = fc.record({
  seed: fc.nat(SEEDS.length - 1),
  bytes: fc.array(fc.tuple(fc.nat(3071), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
  words: fc.array(
    fc.tuple(fc.nat(700), fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff)),
    { maxLength: 3 },
  ),
  isAtEnd: fc.boolean(),
  cutBytes: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(6000)),
});

function mutate({
  seed,
  bytes,
  words,
  isAtEnd,
  cutBytes,
}: typeof damage extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const image = Uint8Array.from(SEEDS[seed] ?? []);
  const base = isAtEnd ? image.length - 512 : 0;
  const view = new DataView(image.buffer);
  for (const [at, value] of bytes) image[base + (isAtEnd ? at % 512 : at)] = value;
  for (const [at, value] of words) view.setUint32(isAtEnd ? base + ((at * 4) % 512) : at * 4, value);
  return image.subarray(0, image.length - cutBytes);
}

/** Runs `work`; anything but success and an AppError that is no bug of ours fails the test. */
async function mustBehave(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.kind).not.toBe('internal');
  }
}

describe('a mutated image', () => {
  it('opens, is read and mapped, or is refused; nothing crashes, hangs or allocates without bound', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (what) => {
        const image = mutate(what);
        for (const allowDamaged of [false, true]) {
          await mustBehave(async () => {
            const opened = await openDiskFromFile(new MemoryFile(image), { allowDamaged });
            const { sizeBytes } = opened.disk;
            for (const at of [0, Math.floor(sizeBytes / 2), Math.max(0, sizeBytes - 8192)]) {
              await opened.disk.readAt(new Uint8Array(Math.min(8192, sizeBytes - at)), at);
            }
            let budget = 1000;
            for await (const extent of opened.disk.extents(0, sizeBytes)) {
              expect(extent.length).toBeGreaterThan(0);
              budget -= 1;
              if (budget === 0) break;
            }
            if (sizeBytes > 2 ** 32) return;
            await viewMap(opened, 'bitmaps');
            await listBlocks(opened.disk);
          });
        }
        await mustBehave(async () => {
          const file = new MemoryFile(image);
          const disk = openImageForWriting(file, await readMetadata(file), null);
          await disk.writeAt(new Uint8Array(Math.min(3 * BLOCK, disk.sizeBytes)).fill(1), 0);
        });
      }),
      { numRuns: caseCount(400) },
    );
  });
});

describe('a mutated child on disk', () => {
  const folder = useTempFolders('all');

  it('leads to its parent, or is refused, and its chain is reported', async () => {
    const dir = folder('fuzz');
    buildVhd({
      type: 'fixed',
      sizeBytes: 8 * BLOCK,
      footer: { uniqueId: '00000000-0000-0000-0000-000000000001' },
    }).writeTo(path.join(dir, 'p.vhd'));
    const file = path.join(dir, 'c.vhd');
    await fc.assert(
      fc.asyncProperty(damage, async (what) => {
        fs.writeFileSync(file, mutate({ ...what, seed: 2 }));
        await mustBehave(async () => {
          const opened = await openDisk(file);
          await opened.close();
        });
        await mustBehave(() => chainReport(file));
      }),
      { numRuns: caseCount(150) },
    );
  });
});
