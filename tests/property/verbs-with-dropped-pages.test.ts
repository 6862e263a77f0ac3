/** Verbs on images whose BATs have no room in memory: what they say and make is what it is where all of it has. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  checkImage,
  compactImage,
  compareImages,
  convertImage,
  createImage,
  hashImage,
  mergeImage,
  openDisk,
  resizeImage,
  snapshotImage,
  writeGuest,
} from '../../src-main/engine';
import { PAGE_BUDGET } from '../../src-main/engine/format/page-budget';
import { contentFingerprint } from '../../src-main/engine/ops/content-fingerprint';
import { viewMap } from '../../src-main/engine/ops/map-view';
import { fillRandomly } from '../support/disk-model';
import { seededRandom } from '../support/random';
import { useTempFolders } from '../support/temp';

const folder = useTempFolders('all');
const SECTOR = 512;
const BLOCK_BYTES = 512;
const STRIDE_SECTORS = BLOCK_BYTES / SECTOR + 1;
/** More than one array. */
const ENTRIES = 1024 * 1024 + 50_000;
const EVERY = 12_007;
const random = seededRandom(11);
const { limitBytes } = PAGE_BUDGET;
let original = '';

/** Blocks of an empty image all over its disk and all over its file. */
function scatterBlocks(file: string, shift: number): void {
  const fd = fs.openSync(file, 'r+');
  const header = Buffer.alloc(1024);
  fs.readSync(fd, header, 0, 1024, SECTOR);
  const batOffset = Number(header.readBigUInt64BE(16));
  const footerOffset = fs.fstatSync(fd).size - SECTOR;
  const footer = Buffer.alloc(SECTOR);
  fs.readSync(fd, footer, 0, SECTOR, footerOffset);
  const count = Math.floor((ENTRIES - shift) / EVERY);
  const block = Buffer.alloc(STRIDE_SECTORS * SECTOR);
  for (let at = 0; at < count; at += 1) {
    const sector = footerOffset / SECTOR + ((at * 197) % count) * STRIDE_SECTORS;
    const entry = Buffer.alloc(4);
    entry.writeUInt32BE(sector);
    fs.writeSync(fd, entry, 0, 4, batOffset + (shift + at * EVERY) * 4);
    block.fill(0, 0, SECTOR);
    block.fill(at % 3 === 0 ? 0 : 0x80, 0, 1);
    fillRandomly(block.subarray(SECTOR), random);
    fs.writeSync(fd, block, 0, block.length, sector * SECTOR);
  }
  fs.writeSync(fd, footer, 0, SECTOR, footerOffset + count * STRIDE_SECTORS * SECTOR);
  fs.closeSync(fd);
}

beforeAll(async () => {
  original = folder('images');
  const base = path.join(original, 'base.vhd');
  const child = path.join(original, 'child.vhd');
  const sizeBytes = ENTRIES * BLOCK_BYTES;
  await createImage({ path: base, type: 'dynamic', sizeBytes, blockSizeBytes: BLOCK_BYTES });
  await snapshotImage({ parent: { path: base }, path: child });
  scatterBlocks(base, 0);
  scatterBlocks(child, 25 * EVERY + 5);
}, 60_000);

afterEach(() => {
  PAGE_BUDGET.limitBytes = limitBytes;
  vi.restoreAllMocks();
});

interface Images {
  readonly base: string;
  readonly child: string;
  readonly out: string;
}

function copyOfImages(): Images {
  const to = folder('work');
  for (const name of ['base.vhd', 'child.vhd'])
    fs.copyFileSync(path.join(original, name), path.join(to, name));
  return {
    base: path.join(to, 'base.vhd'),
    child: path.join(to, 'child.vhd'),
    out: path.join(to, 'out.vhd'),
  };
}

/** What an image shows; its zeros cost nothing. */
async function contentOf(file: string): Promise<string> {
  const { disk, close } = await openDisk(file);
  try {
    return await contentFingerprint(disk, disk.sizeBytes, {}, 'read');
  } finally {
    await close();
  }
}

async function* bytesOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}

/** What each verb says or leaves; the same whatever the memory. */
const WORK: Readonly<Record<string, (images: Images) => Promise<unknown>>> = {
  hash: ({ child }) => hashImage({ source: { path: child } }),
  compare: ({ base, child }) => compareImages({ a: { path: child }, b: { path: base } }),
  'check, deep': async ({ child }) => {
    const { verdict, findings } = await checkImage(child, { deep: true, chain: true });
    return [verdict, findings.map(({ code }) => code)];
  },
  map: async ({ child }) => {
    const opened = await openDisk(child);
    try {
      const { states, owners, counts } = await viewMap(opened, 'bitmaps');
      return [Buffer.from(states).toString('latin1'), Buffer.from(owners).toString('latin1'), counts];
    } finally {
      await opened.close();
    }
  },
  convert: async ({ child, out }) => {
    await convertImage({ source: { path: child }, target: out, to: 'dynamic' });
    return [await contentOf(out), fs.statSync(out).size];
  },
  write: async ({ child }) => {
    const content = bytesOf(new Uint8Array(3000).fill(5));
    await writeGuest({ image: { path: child }, offset: 111_111_111, noUndo: true }, content);
    return contentOf(child);
  },
  merge: async ({ base, child, out }) => {
    await mergeImage({ child: { path: child }, target: out });
    await mergeImage({ child: { path: child } });
    return [await contentOf(out), await contentOf(base)];
  },
  'compact in place': async ({ child }) => {
    await compactImage({ image: { path: child } });
    return [await contentOf(child), fs.statSync(child).size];
  },
  'compact into a new file': async ({ base, out }) => {
    await compactImage({ image: { path: base }, target: out });
    return [await contentOf(out), fs.statSync(out).size];
  },
  resize: async ({ base }) => {
    await resizeImage({ image: { path: base }, sizeBytes: ENTRIES * BLOCK_BYTES * 2, breakChildren: true });
    return [await contentOf(base), fs.statSync(base).size];
  },
};

describe.each(Object.keys(WORK))('%s', (verb) => {
  it('comes to the same without memory for any page', async () => {
    const work = WORK[verb] ?? (() => Promise.reject(new Error(verb)));
    const expected = await work(copyOfImages());
    PAGE_BUDGET.limitBytes = 0;
    const reads = vi.spyOn(fs, 'readSync');
    expect(await work(copyOfImages())).toEqual(expected);
    // pages were read again
    expect(reads.mock.calls.length).toBeGreaterThan(0);
  }, 60_000);
});
