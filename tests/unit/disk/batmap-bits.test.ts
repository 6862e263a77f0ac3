import { describe, expect, it } from 'vitest';
import { openDiskFromFile } from '../../../src-main/engine/chain';
import { openImageForWriting, readMetadata } from '../../../src-main/engine/disk';
import { isBatmapBitSet, readBatmap } from '../../../src-main/engine/disk/batmap';
import { MemoryFile } from '../../support/fake-files';
import { readAll } from '../../support/disk-model';
import { buildVhd, patternBlock, type VhdKnobs } from '../../support/vhd-builder';

const BLOCK = 4096;
const SIZE = 4 * BLOCK;

const parent: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: SIZE,
  blockSizeBytes: BLOCK,
  blocks: [{ index: 1 }, { index: 2 }],
};
/** Block 3 is here and full; block 1 is not here, and yet the batmap calls it full. */
const child = (batmap: 'valid' | 'invalid'): VhdKnobs => ({
  type: 'differencing',
  sizeBytes: SIZE,
  blockSizeBytes: BLOCK,
  batmap,
  blocks: [{ index: 1, unreferenced: true }, { index: 3 }],
});

async function writeIntoBlock1(batmap: 'valid' | 'invalid') {
  const file = new MemoryFile(buildVhd(child(batmap)).bytes());
  const metadata = await readMetadata(file);
  const { disk: below } = await openDiskFromFile(new MemoryFile(buildVhd(parent).bytes()));
  const batmapNow = async () => {
    const bat = metadata.bat;
    const found = await readBatmap(file, (bat?.offset ?? 0) + 512, await file.size());
    if (!found) throw new Error('the batmap is gone');
    return found;
  };
  const before = await batmapNow();
  const disk = openImageForWriting(file, metadata, below);
  await disk.writeAt(new Uint8Array(512).fill(0x77), BLOCK + 1024);
  return { before, after: await batmapNow(), disk };
}

describe("blktap's batmap in a child", () => {
  it('loses the bit of a block that was not there when the block is allocated in part', async () => {
    const { before, after, disk } = await writeIntoBlock1('valid');
    expect(isBatmapBitSet(before.map, 1)).toBe(true);
    expect(isBatmapBitSet(after.map, 1)).toBe(false);
    expect(isBatmapBitSet(after.map, 3)).toBe(true);
    expect(after.storedChecksum).toBe(after.computedChecksum);
    const expected = new Uint8Array(SIZE);
    for (const block of [1, 2]) expected.set(patternBlock(block, BLOCK), block * BLOCK);
    expected.set(patternBlock(3, BLOCK), 3 * BLOCK);
    expected.fill(0x77, BLOCK + 1024, BLOCK + 1536);
    expect(await readAll(disk)).toEqual(expected);
  });

  it('does not look sound afterwards where its checksum was wrong before', async () => {
    const { after } = await writeIntoBlock1('invalid');
    expect(isBatmapBitSet(after.map, 1)).toBe(false);
    expect(after.storedChecksum).not.toBe(after.computedChecksum);
  });
});
