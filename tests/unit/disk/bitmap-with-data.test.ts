import { describe, expect, it } from 'vitest';
import { openDiskFromFile } from '../../../src-main/engine/chain';
import { BitmapCache } from '../../../src-main/engine/disk/bitmap-cache';
import type { BlockTable } from '../../../src-main/engine/disk/block-table';
import { MemoryFile } from '../../support/fake-files';
import { buildVhd, patternBlock, type VhdKnobs } from '../../support/vhd-builder';

const BLOCK = 4096;
const EVERY_OTHER = [0, 2, 4, 6];

const knobs: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: 4 * BLOCK,
  blockSizeBytes: BLOCK,
  blocks: [{ index: 0 }, { index: 1, bitmap: EVERY_OTHER }, { index: 2, bitmap: 'zeros' }, { index: 3 }],
};

/** Knows reading in parts, notes every call, and misbehaves when asked to. */
class PartsFile extends MemoryFile {
  calls: string[] = [];
  parts: 'whole' | 'short' | 'fail' = 'whole';

  override readAt(target: Uint8Array, offset: number): Promise<number> {
    this.calls.push(`read ${target.length}`);
    return super.readAt(target, offset);
  }

  async readPartsAt(parts: readonly Uint8Array[], offset: number): Promise<number> {
    this.calls.push(`parts ${parts.map((part) => part.length).join('+')}`);
    if (this.parts === 'fail') throw new Error('no parts today');
    let at = offset;
    for (const part of this.parts === 'short' ? parts.slice(0, 1) : parts) at += await super.readAt(part, at);
    return at - offset;
  }
}

async function open(parts: PartsFile['parts'] = 'whole') {
  const file = new PartsFile(buildVhd(knobs).bytes());
  file.parts = parts;
  const { disk } = await openDiskFromFile(file);
  file.calls = [];
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const target = new Uint8Array(length).fill(0xee);
    await disk.readAt(target, offset);
    return target;
  };
  return { file, read };
}

function maskedBlock(index: number, sectors: readonly number[]): Uint8Array {
  const masked = new Uint8Array(BLOCK);
  for (const sector of sectors)
    masked.set(patternBlock(index, BLOCK).subarray(sector * 512, sector * 512 + 512), sector * 512);
  return masked;
}

describe('a bitmap that is not in memory yet', () => {
  it('comes with the data of its block in one call', async () => {
    const { file, read } = await open();
    expect(await read(0, BLOCK)).toEqual(patternBlock(0, BLOCK));
    expect(file.calls).toEqual([`parts 512+${BLOCK}`]);
  });

  it('is asked for beside the data where the two are apart', async () => {
    const { file, read } = await open();
    expect(await read(1024, 512)).toEqual(patternBlock(0, BLOCK).subarray(1024, 1536));
    expect(file.calls.sort()).toEqual(['read 512', 'read 512']);
  });

  it('hides what lies under its clear bits though that was read', async () => {
    const { read } = await open();
    expect(await read(BLOCK, BLOCK)).toEqual(maskedBlock(1, EVERY_OTHER));
    expect(await read(2 * BLOCK, BLOCK)).toEqual(new Uint8Array(BLOCK));
    expect(await read(3 * BLOCK, BLOCK)).toEqual(patternBlock(3, BLOCK));
  });

  it.each(['short', 'fail'] as const)(
    'is read the long way where the one call is of no use (%s)',
    async (how) => {
      const { read } = await open(how);
      expect(await read(0, BLOCK)).toEqual(patternBlock(0, BLOCK));
      expect(await read(BLOCK, BLOCK)).toEqual(maskedBlock(1, EVERY_OTHER));
    },
  );

  it('is not guessed any more once the last one had clear bits', async () => {
    const { file, read } = await open();
    await read(BLOCK, BLOCK);
    file.calls = [];
    await read(3 * BLOCK, BLOCK);
    expect(file.calls).toEqual(['read 512', `read ${BLOCK}`]);
    file.calls = [];
    await read(0, BLOCK);
    expect(file.calls).toEqual([`parts 512+${BLOCK}`]);
  });
});

describe('a bitmap that is written while it is read', () => {
  /** One block whose bitmap is at byte 0. */
  const table = {
    blockCount: 1,
    bitmapBytes: 512,
    strideBytes: 512 + BLOCK,
    placeOf: () => 0,
    guestSectorsOf: () => 8,
  } as unknown as BlockTable;

  it('is remembered as it was written, not as it was read', async () => {
    const file = new MemoryFile(new Uint8Array(512));
    const cache = new BitmapCache(file, table);
    const { version } = cache;
    const stale = new Uint8Array(512);
    cache.replace(0, new Uint8Array(512).fill(0xff));
    expect(cache.learn(0, stale, version)).toBe('all-set');
    expect(await cache.get(0)).toBe('all-set');
  });

  it('is read again where the write is not in memory any more', () => {
    const cache = new BitmapCache(new MemoryFile(new Uint8Array(512)), {
      ...table,
      blockCount: 2,
    } as BlockTable);
    const { version } = cache;
    cache.replace(1, new Uint8Array(512).fill(0xff));
    expect(cache.learn(0, new Uint8Array(512), version)).toBeNull();
    expect(cache.learn(0, new Uint8Array(512), cache.version)).toBe('all-clear');
  });
});
