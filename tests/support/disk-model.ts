import fc from 'fast-check';
import {
  Damage,
  openImage,
  openImageForWriting,
  openRaw,
  readMetadata,
  type VirtualDisk,
  type WritableDisk,
} from '../../src-main/engine/disk';
import type { RandomAccessFile } from '../../src-main/engine/io';
import { MemoryFile } from './fake-files';
import { seededRandom } from './random';
import { buildVhd, type BlockKnobs, type VhdKnobs } from './vhd-builder';

const SECTOR = 512;

/** How many cases a property test runs: few by default, `PLATTER_CASES` times as many where asked for. */
export function caseCount(usual: number): number {
  const factor = Number(process.env['PLATTER_CASES'] ?? '1');
  return Math.max(1, Math.round(usual * (Number.isFinite(factor) && factor > 0 ? factor : 1)));
}

/** One image of a chain, to be filled at random from a seed. */
export interface LayerPlan {
  readonly type: 'fixed' | 'dynamic' | 'differencing' | 'raw';
  readonly sizeBytes: number;
  readonly blockSizeBytes: number;
  readonly seed: number;
  /** Nothing that other readers refuse: zeros under clear bits, as many entries as needed, no batmap. */
  readonly isTidy?: boolean;
}

/** A chain in memory, base first, and the guest bytes that it must show. */
export interface ModelChain {
  readonly files: readonly MemoryFile[];
  readonly types: readonly LayerPlan['type'][];
  readonly content: Uint8Array;
}

const BLOCK_SIZES = [512, 1024, 4096, 8192, 32_768, 65_536];

/** Chains of 1 to `depthMax` images with sizes up to a few dozen sectors, odd sizes and unequal ones included. */
export function chainPlans(depthMax: number): fc.Arbitrary<readonly LayerPlan[]> {
  const layer = (type: LayerPlan['type']): fc.Arbitrary<LayerPlan> =>
    fc.record({
      type: fc.constant(type),
      sizeBytes: fc
        .tuple(
          fc.integer({ min: 1, max: 96 }),
          fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 511 })),
        )
        .map(([sectors, odd]) => sectors * SECTOR + (type === 'raw' ? 0 : odd)),
      blockSizeBytes: fc.constantFrom(...BLOCK_SIZES),
      seed: fc.integer(),
    });
  const base = fc.constantFrom('fixed' as const, 'dynamic' as const, 'raw' as const).chain(layer);
  return fc
    .tuple(base, fc.array(layer('differencing'), { maxLength: depthMax - 1 }), fc.boolean())
    .map(([first, children, sameSize]) => [
      first,
      // most chains have one size throughout; some do not, and both must read right
      ...children.map((child) => (sameSize ? { ...child, sizeBytes: first.sizeBytes } : child)),
    ]);
}

export function buildChain(plans: readonly LayerPlan[]): ModelChain {
  let content = new Uint8Array(0);
  const files: MemoryFile[] = [];
  for (const plan of plans) {
    const random = seededRandom(plan.seed);
    const below = new Uint8Array(plan.sizeBytes);
    below.set(content.subarray(0, plan.sizeBytes));
    content = below;
    files.push(new MemoryFile(buildLayer(plan, random, content), `layer-${files.length}.vhd`));
  }
  return { files, types: plans.map((plan) => plan.type), content };
}

/** The image's bytes; `content` comes in as what lies beneath and goes out as what the image shows. */
function buildLayer(plan: LayerPlan, random: () => number, content: Uint8Array): Uint8Array {
  if (plan.type === 'raw' || plan.type === 'fixed') {
    fillRandomly(content, random);
    return plan.type === 'raw'
      ? Uint8Array.from(content)
      : buildVhd({ type: 'fixed', sizeBytes: plan.sizeBytes, data: content }).bytes();
  }
  const knobs: VhdKnobs = {
    type: plan.type,
    sizeBytes: plan.sizeBytes,
    blockSizeBytes: plan.blockSizeBytes,
    blocks: shuffled(randomBlocks(plan, random, content), random),
    batmap: !plan.isTidy && random() < 0.2 ? 'valid' : undefined,
    gapBeforeFooterBytes: random() < 0.2 ? SECTOR * Math.floor(random() * 4) : 0,
    extraEntries: !plan.isTidy && random() < 0.2 ? 3 : 0,
  } as VhdKnobs;
  return buildVhd(knobs).bytes();
}

function randomBlocks(plan: LayerPlan, random: () => number, content: Uint8Array): BlockKnobs[] {
  const blocks: BlockKnobs[] = [];
  const sectors = plan.blockSizeBytes / SECTOR;
  for (let index = 0; index * plan.blockSizeBytes < plan.sizeBytes; index += 1) {
    if (random() < 0.5) continue;
    const data = new Uint8Array(plan.blockSizeBytes);
    fillRandomly(data, random);
    const full = random() < 0.3;
    const set: number[] = [];
    for (let sector = 0; sector < sectors; sector += 1) if (full || random() < 0.6) set.push(sector);
    if (plan.isTidy) {
      for (let sector = 0; sector < sectors; sector += 1) {
        if (!set.includes(sector)) data.fill(0, sector * SECTOR, (sector + 1) * SECTOR);
      }
    }
    for (const sector of set) {
      const at = index * plan.blockSizeBytes + sector * SECTOR;
      if (at < content.length) {
        const bytes = data.subarray(sector * SECTOR, (sector + 1) * SECTOR);
        content.set(bytes.subarray(0, Math.min(SECTOR, content.length - at)), at);
      }
    }
    blocks.push({
      index,
      data,
      bitmap: set,
      gapBytes: random() < 0.2 ? SECTOR * Math.floor(random() * 8) : 0,
    });
  }
  return blocks;
}

/** Bytes by the sector: a third of the sectors zero, so that zero detection is met. */
export function fillRandomly(bytes: Uint8Array, random: () => number): void {
  for (let at = 0; at < bytes.length; at += SECTOR) {
    const value = random() < 0.33 ? 0 : 1 + Math.floor(random() * 255);
    for (let byte = at; byte < Math.min(bytes.length, at + SECTOR); byte += 1) {
      bytes[byte] = value === 0 ? 0 : (value + byte * 7) & 0xff;
    }
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Opens a chain of files, base first, for reading. */
export async function openChain(
  files: readonly RandomAccessFile[],
  types: readonly LayerPlan['type'][],
): Promise<VirtualDisk> {
  let disk: VirtualDisk | null = null;
  for (const [index, file] of files.entries()) {
    disk =
      types[index] === 'raw'
        ? await openRaw(file)
        : openImage(file, await readMetadata(file), new Damage(file.path, false), disk);
  }
  if (!disk) throw new Error('a chain has at least one file');
  return disk;
}

/** Opens the last file for writing over the ones before it. */
export async function openChainForWriting(
  files: readonly RandomAccessFile[],
  types: readonly LayerPlan['type'][],
): Promise<WritableDisk> {
  const leaf = files.at(-1);
  if (!leaf) throw new Error('a chain has at least one file');
  const parent = files.length > 1 ? await openChain(files.slice(0, -1), types) : null;
  return openImageForWriting(leaf, await readMetadata(leaf), parent);
}

export async function readAll(disk: VirtualDisk): Promise<Uint8Array> {
  const bytes = new Uint8Array(disk.sizeBytes);
  await disk.readAt(bytes, 0);
  return bytes;
}
