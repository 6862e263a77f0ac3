import { describe, expect, it } from 'vitest';
import { openDiskFromFile } from '../../../src-main/engine/chain';
import { listBlocks, listQemuExtents } from '../../support/map-lists';
import { viewMap } from '../../../src-main/engine/ops/map-view';
import { MAP_CELL_STATES } from '../../../src-shared/model/map';
import { openChain } from '../../support/disk-model';
import { buildVhd } from '../../support/vhd-builder';

const BLOCK = 4096;

const dynamic = (): ReturnType<typeof buildVhd> =>
  buildVhd({
    type: 'dynamic',
    sizeBytes: 8 * BLOCK + 512,
    blockSizeBytes: BLOCK,
    blocks: [
      { index: 0 },
      { index: 1 },
      { index: 4, bitmap: [1, 2] },
      { index: 3, bitmap: 'zeros' },
      { index: 8 },
    ],
  });

const stateNames = (states: Uint8Array): string[] => [...states].map((code) => MAP_CELL_STATES[code] ?? '?');

describe('the map of a dynamic disk', () => {
  it('names the state of every block, merges runs, and says where they lie', async () => {
    const built = dynamic();
    const { disk } = await openDiskFromFile(await built.file());
    expect(await listBlocks(disk)).toEqual({
      blockSizeBytes: BLOCK,
      blocks: [
        { index: 0, count: 2, state: 'data', fileOffset: built.dataOffset(0) },
        { index: 2, count: 1, state: 'unallocated' },
        { index: 3, count: 1, state: 'zero' },
        { index: 4, count: 1, state: 'partial', fileOffset: built.dataOffset(4) },
        { index: 5, count: 3, state: 'unallocated' },
        { index: 8, count: 1, state: 'data', fileOffset: built.dataOffset(8) },
      ],
    });
  });

  it('has the fields of qemu-img map, tiling the current size', async () => {
    const built = dynamic();
    const { disk } = await openDiskFromFile(await built.file());
    const extents = await listQemuExtents(disk);
    expect(extents[0]).toEqual({
      start: 0,
      length: BLOCK,
      depth: 0,
      present: true,
      zero: false,
      data: true,
      offset: built.dataOffset(0),
    });
    expect(extents.reduce((sum, extent) => sum + extent.length, 0)).toBe(disk.sizeBytes);
    expect(extents.filter((extent) => extent.data).map((extent) => [extent.start, extent.length])).toEqual([
      [0, BLOCK],
      [BLOCK, BLOCK],
      // one whose bits are all clear, and one with two bits set: allocated is data, as QEMU sees it
      [3 * BLOCK, BLOCK],
      [4 * BLOCK, BLOCK],
      [8 * BLOCK, 512],
    ]);
    expect(extents.filter((extent) => !extent.data)).toEqual([
      { start: 2 * BLOCK, length: BLOCK, depth: 0, present: true, zero: true, data: false },
      { start: 5 * BLOCK, length: 3 * BLOCK, depth: 0, present: true, zero: true, data: false },
    ]);
    expect(await listQemuExtents(disk, { offset: 4 * BLOCK + 100, length: 200 })).toEqual([
      {
        start: 4 * BLOCK + 100,
        length: 200,
        depth: 0,
        present: true,
        zero: false,
        data: true,
        offset: (built.dataOffset(4) ?? 0) + 100,
      },
    ]);
  });

  it('draws cells for the screen at both depths', async () => {
    const built = dynamic();
    const opened = await openDiskFromFile(await built.file());
    const byBat = await viewMap(opened, 'bat');
    expect(stateNames(byBat.states)).toEqual(
      'allocated allocated unallocated allocated allocated unallocated unallocated unallocated allocated'.split(
        ' ',
      ),
    );
    const byBitmaps = await viewMap(opened, 'bitmaps');
    expect(stateNames(byBitmaps.states).slice(3, 5)).toEqual(['zero', 'partial']);
    expect(byBitmaps.counts).toEqual({ allocated: 3, unallocated: 4, zero: 1, partial: 1 });
    expect(Buffer.from(byBat.sectors).readUInt32BE(4 * 4)).toBe((built.bitmapOffsets.get(4) ?? 0) / 512);
    let position = 0;
    for (const area of byBat.areas) {
      expect(area.offset).toBe(position);
      position += area.length;
    }
    expect(position).toBe(built.fileSizeBytes);
    expect(byBat.areas.map((area) => area.kind)).toEqual([
      'footerCopy',
      'dynamicHeader',
      'bat',
      'blocks',
      'footer',
    ]);
  });

  it('reads bitmaps in the order of the file, many at once but not all, with the same result', async () => {
    // blocks too large to be read in spans, stored from the last to the first, every third one only in part
    const size = 256 * 1024;
    const count = 300;
    const blocks = Array.from({ length: count }, (_, at) => {
      const index = count - 1 - at;
      return index % 3 === 0
        ? { index, bitmap: [index] }
        : index % 3 === 1
          ? { index }
          : { index, bitmap: [] };
    });
    const built = buildVhd({ type: 'dynamic', sizeBytes: count * size, blockSizeBytes: size, blocks });
    const file = await built.file();
    const opened = await openDiskFromFile(file);
    const read = file.readAt.bind(file);
    const offsets: number[] = [];
    let inFlight = 0;
    let most = 0;
    file.readAt = async (target, offset) => {
      offsets.push(offset);
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return read(target, offset);
    };
    const view = await viewMap(opened, 'bitmaps');
    const expected = ['partial', 'allocated', 'zero'];
    expect(stateNames(view.states)).toEqual(Array.from({ length: count }, (_, index) => expected[index % 3]));
    const bitmaps = new Set(built.bitmapOffsets.values());
    // where the first bitmap lies a batmap is looked for afterwards
    const ofBitmaps = offsets.filter((offset) => bitmaps.has(offset)).slice(0, count);
    expect(new Set(ofBitmaps).size).toBe(count);
    expect(ofBitmaps).toEqual([...ofBitmaps].sort((a, b) => a - b));
    expect(most).toBe(32);
  });

  it('shows damaged entries for what they are', async () => {
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: 5 * BLOCK,
      blockSizeBytes: BLOCK,
      blocks: [{ index: 0 }, { index: 1 }],
      batOverrides: { 2: 0, 3: 0x00ff_ffff, 4: 6 },
    });
    const opened = await openDiskFromFile(await built.file());
    // blocks 0 and 1 lie at sectors 4 and 13 and are nine sectors long: one at 6 touches both
    expect([...built.bitmapOffsets.values()]).toEqual([4 * 512, 13 * 512]);
    const { states } = await viewMap(opened, 'bat');
    expect(stateNames(states)).toEqual(['overlap', 'overlap', 'outside', 'outside', 'overlap']);
  });
});

describe('the map of a chain', () => {
  it('names inherited blocks and the ancestor they come from', async () => {
    const base = buildVhd({
      type: 'dynamic',
      sizeBytes: 4 * BLOCK,
      blockSizeBytes: BLOCK,
      blocks: [{ index: 1 }],
    });
    const middle = buildVhd({
      type: 'differencing',
      sizeBytes: 4 * BLOCK,
      blockSizeBytes: BLOCK,
      blocks: [{ index: 2, bitmap: [0] }],
    });
    const leaf = buildVhd({
      type: 'differencing',
      sizeBytes: 4 * BLOCK,
      blockSizeBytes: BLOCK,
      blocks: [{ index: 0 }, { index: 3, bitmap: [1] }],
    });
    const files = await Promise.all([base.file(), middle.file(), leaf.file()]);
    const disk = await openChain(files, ['dynamic', 'differencing', 'differencing']);
    expect((await listBlocks(disk)).blocks.map((run) => run.state)).toEqual(['data', 'parent', 'partial']);
    const depths = (await listQemuExtents(disk)).filter((extent) => extent.data);
    expect(depths.map((extent) => [extent.start / BLOCK, extent.depth])).toEqual([
      [0, 0],
      [1, 2],
      [2, 1],
      // a part of it is stored in the child: the child's, whatever lies beneath
      [3, 0],
    ]);
    expect(depths[2]).toMatchObject({ start: 2 * BLOCK, length: BLOCK, offset: middle.dataOffset(2) });
  });
});
