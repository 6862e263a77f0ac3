import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { AppError } from '../../src-shared/errors';
import { checkImage } from '../../src-main/engine/check';
import { applyRepair, planRepair, undoImage } from '../../src-main/engine/repair';
import { seededRandom } from '../support/random';
import { useTempFolders } from '../support/temp';
import { buildVhd, type VhdKnobs } from '../support/vhd-builder';

const folder = useTempFolders();
const KIB = 1024;
/** More locally: PLATTER_FUZZ_RUNS=5000. */
const RUNS = Number(process.env['PLATTER_FUZZ_RUNS'] ?? 60);

const shapes: readonly VhdKnobs[] = [
  { type: 'fixed', sizeBytes: 64 * KIB, data: new Uint8Array(64 * KIB).fill(3) },
  {
    type: 'dynamic',
    sizeBytes: 256 * KIB,
    blockSizeBytes: 32 * KIB,
    blocks: [{ index: 4 }, { index: 1 }, { index: 6, bitmap: [0, 5] }],
  },
  {
    type: 'dynamic',
    sizeBytes: 256 * KIB,
    blockSizeBytes: 32 * KIB,
    blocks: [{ index: 0 }],
    footer: { creator: 'tap\0', creatorVersion: 0x10003 },
    batmap: 'valid',
  },
  {
    type: 'differencing',
    sizeBytes: 128 * KIB,
    blockSizeBytes: 32 * KIB,
    blocks: [{ index: 2, bitmap: [1, 2, 3] }],
    header: { parentId: '11111111-2222-4333-8444-555555555555', parentName: 'base.vhd' },
    locators: [
      { platform: 'W2ru', data: '.\\base.vhd' },
      { platform: 'W2ku', data: 'C:\\base.vhd' },
    ],
  },
];

/** A byte, a field, a stretch, a cut or an addition, mostly in the metadata. */
function mutate(bytes: Buffer, random: () => number): Buffer {
  const pick = (count: number): number => Math.floor(random() * count);
  const metadata = [0, 512, 1536, Math.max(0, bytes.length - 512)];
  const base = metadata[pick(metadata.length)] ?? 0;
  const at = Math.min(
    bytes.length - 1,
    random() < 0.85 ? base + pick(random() < 0.5 ? 96 : 512) : pick(bytes.length),
  );
  const copy = Buffer.from(bytes);
  switch (pick(8)) {
    case 0:
      return copy.subarray(0, pick(bytes.length));
    case 1:
      return Buffer.concat([copy, Buffer.alloc(1 + pick(2000), pick(256))]);
    case 2:
      return copy.fill(pick(3) === 0 ? 0xff : 0, at, Math.min(copy.length, at + 1 + pick(600)));
    case 3:
      copy.fill(0xff, at, Math.min(copy.length, at + 4));
      return copy;
    case 4: {
      const from = pick(bytes.length - 4);
      copy.copy(copy, at, from, from + 4);
      return copy;
    }
    default:
      copy[at] = pick(256);
      return copy;
  }
}

it(`${RUNS} damaged images: a plan or a refusal, the prediction comes true, undo gives every byte back`, async () => {
  const into = folder();
  const history = { historyFolder: path.join(into, 'history') };
  let repaired = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const random = seededRandom(1000 + run);
    const shape = shapes[run % shapes.length];
    if (!shape) continue;
    let bytes: Buffer = Buffer.from(buildVhd(shape).bytes());
    for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) bytes = mutate(bytes, random);
    const image = path.join(into, `disk-${run}.vhd`);
    fs.writeFileSync(image, bytes);
    const where = `run ${run}`;
    try {
      const shown = await planRepair(image);
      expect(fs.readFileSync(image).equals(bytes), where).toBe(true);
      // every other time with all choices that there are
      const choose =
        run % 2 === 0
          ? {}
          : Object.fromEntries(
              shown.plan
                .filter((item) => !item.selected && item.dependsOn.length === 0)
                .flatMap((item) => {
                  const option = item.options[Math.floor(random() * item.options.length)];
                  return option ? [[item.code, option.name]] : [];
                }),
            );
      const plan = await applyRepair(image, { ...history, choose }).catch((error: unknown) => {
        // a choice may depend on another one that an earlier item made needless
        if (error instanceof AppError && error.code === 'bad-value') return null;
        throw error;
      });
      if (!plan) continue;
      const after = await checkImage(image, { deep: true });
      expect(after.verdict, where).toBe(plan.predictedVerdict);
      expect([...new Set(after.findings.map((one) => one.code))].sort(), where).toEqual(
        [...plan.remaining].sort(),
      );
      if (plan.journal === null) continue;
      repaired += 1;
      await undoImage(image, history);
      expect(fs.readFileSync(image).equals(bytes), where).toBe(true);
    } catch (error) {
      // only files with nothing of a VHD in them are refused
      if (!(error instanceof AppError) || !['not-a-vhd', 'no-metadata'].includes(error.code))
        throw new Error(where, { cause: error });
      expect(fs.readFileSync(image).equals(bytes), where).toBe(true);
    } finally {
      fs.rmSync(image);
    }
  }
  expect(repaired).toBeGreaterThan(RUNS / 4);
  expect(fs.readdirSync(into).filter((name) => name.startsWith('disk-'))).toEqual([]);
});
