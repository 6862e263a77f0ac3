import { describe, expect, it } from 'vitest';
import { checkImage } from '../../src-main/engine/check';
import { Damage, openImage, readMetadata } from '../../src-main/engine/disk';
import { CrashFile, type CrashState } from '../support/crash-file';
import type { MemoryFile } from '../support/fake-files';
import { seededRandom } from '../support/random';
import {
  buildChain,
  caseCount,
  fillRandomly,
  openChain,
  openChainForWriting,
  readAll,
  type LayerPlan,
} from '../support/disk-model';

const SECTOR = 512;
const SIZE = 40 * SECTOR;

/** What a sequence of writes did to an image, and what the guest had to see after each of its steps. */
interface Recorded {
  readonly crash: CrashFile;
  readonly parents: readonly MemoryFile[];
  readonly types: readonly LayerPlan['type'][];
  /** `models[k]` is the content after k steps. */
  readonly models: readonly Uint8Array[];
  /** `logEnds[k]` is the length of the log after k steps. */
  readonly logEnds: readonly number[];
}

async function record(plans: readonly LayerPlan[], seed: number, steps: number): Promise<Recorded> {
  const { files, types, content } = buildChain(plans);
  const leaf = files.at(-1);
  if (!leaf) throw new Error('no leaf');
  const crash = new CrashFile(leaf.bytes());
  const parents = files.slice(0, -1);
  const disk = await openChainForWriting([...parents, crash], types);
  const random = seededRandom(seed);
  const models = [Uint8Array.from(content)];
  const logEnds = [0];
  for (let step = 0; step < steps; step += 1) {
    const model = Uint8Array.from(models.at(-1) ?? content);
    const kind = random();
    const offset = Math.floor(random() * model.length);
    const length = 1 + Math.floor(random() ** 2 * (model.length - offset));
    if (kind < 0.15) await disk.flush();
    else if (kind < 0.3) {
      await disk.writeZeros(offset, length);
      model.fill(0, offset, offset + length);
    } else {
      const bytes = new Uint8Array(length);
      fillRandomly(bytes, random);
      await disk.writeAt(bytes, offset);
      model.set(bytes, offset);
    }
    models.push(model);
    logEnds.push(crash.log.length);
  }
  return { crash, parents, types, models, logEnds };
}

/** After the crash: it opens, and every sector is as one of the steps that may have reached the disk left it. */
async function expectOldOrNew(recorded: Recorded, state: CrashState): Promise<void> {
  const { parents, types, models, logEnds } = recorded;
  const seen = await readAll(await openChain([...parents, state.file], types));
  let first = 0;
  while ((logEnds[first + 1] ?? Infinity) <= state.durable) first += 1;
  let last = first;
  while (last + 1 < models.length && (logEnds[last] ?? 0) < state.reached) last += 1;
  const allowed = models.slice(first, last + 1);
  for (let at = 0; at < seen.length; at += SECTOR) {
    const sector = seen.subarray(at, at + SECTOR);
    const matches = allowed.some((model) => Buffer.compare(model.subarray(at, at + SECTOR), sector) === 0);
    if (!matches) throw new Error(`sector ${at / SECTOR} is neither old nor new ${state.label}`);
  }
  // the checker finds nothing, or the one thing that data written before its bit can be, and how to mend it
  const report = await checkImage(
    { file: state.file, metadata: await readMetadata(state.file) },
    { deep: true },
  );
  for (const { severity, code, repair } of report.findings) {
    if (severity === 'error')
      expect([code, repair], state.label).toEqual(['data-under-clear-bits', 'choice']);
  }
  // whatever was lost, the image can be written again without a repair
  const again = await openChainForWriting([...parents, state.file], types);
  const bytes = new Uint8Array(again.sizeBytes).fill(0x5a);
  await again.writeAt(bytes, 0);
  expect(Buffer.compare(await readAll(again), bytes)).toBe(0);
}

const layer = (type: LayerPlan['type'], blockSizeBytes: number, seed: number): LayerPlan => ({
  type,
  sizeBytes: SIZE,
  blockSizeBytes,
  seed,
  isTidy: true,
});

const CHAINS: readonly (readonly [string, (seed: number) => readonly LayerPlan[]])[] = [
  ['a fixed disk', (seed) => [layer('fixed', 4096, seed)]],
  ['a dynamic disk', (seed) => [layer('dynamic', 4096, seed)]],
  ['a dynamic disk of one-sector blocks', (seed) => [layer('dynamic', 512, seed)]],
  [
    'a child of a dynamic disk',
    (seed) => [layer('dynamic', 8192, seed), layer('differencing', 4096, seed + 1)],
  ],
  [
    'a grandchild with other block sizes',
    (seed) => [
      layer('fixed', 512, seed),
      layer('differencing', 8192, seed + 1),
      layer('differencing', 2048, seed + 2),
    ],
  ],
];

describe.each(CHAINS)('a power cut while %s is written', (_name, plansFor) => {
  it('leaves, after every prefix of the writes, an image that shows old or new per sector', async () => {
    for (let seed = 1; seed <= caseCount(4); seed += 1) {
      const recorded = await record(plansFor(seed * 100), seed, 6);
      for await (const state of recorded.crash.prefixes()) await expectOldOrNew(recorded, state);
    }
  });

  it('leaves the same where unflushed writes reach the disk in part, torn, and in any order', async () => {
    for (let seed = 1; seed <= caseCount(4); seed += 1) {
      const recorded = await record(plansFor(seed * 1000), seed, 5);
      for await (const state of recorded.crash.reorderings(6, seed)) await expectOldOrNew(recorded, state);
    }
  });
});

describe('the order of a new block', () => {
  it('is footer, flush, bitmap and data, flush, BAT entry, flush', async () => {
    const { files, types } = buildChain([layer('dynamic', 4096, 3)]);
    const [image] = files;
    if (!image) throw new Error('no image');
    const before = await readMetadata(image);
    const block = before.bat?.entries.nextUnused(0) ?? -1;
    expect(block).toBeGreaterThanOrEqual(0);
    const crash = new CrashFile(image.bytes());
    const disk = await openChainForWriting([crash], types);
    await disk.writeAt(new Uint8Array(512).fill(1), block * 4096);
    const kinds = crash.log.map((change) => change.kind);
    expect(kinds).toEqual(['write', 'flush', 'write', 'write', 'flush', 'write', 'flush']);
    const [footer, , bitmap, , , entry] = crash.log;
    const oldFooterOffset = before.footer?.offset ?? -1;
    expect(footer).toMatchObject({ offset: oldFooterOffset + 512 + 4096 });
    expect(bitmap).toMatchObject({ offset: oldFooterOffset });
    expect(entry).toMatchObject({ offset: (before.bat?.offset ?? 0) + block * 4 });
    const after = openImage(crash, await readMetadata(crash), new Damage('', false), null);
    expect(
      (await readAll(after)).subarray(block * 4096, block * 4096 + 512).every((byte) => byte === 1),
    ).toBe(true);
  });
});
