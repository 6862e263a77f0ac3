import { describe, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { Bench, BLOCK, dynamicKnobs, item, repairAndUndo } from './repair-kit';
import type { PlanOptions } from '../../../src-main/engine/repair';

const folder = useTempFolders();
const BAT = 1536;
const STRIDE = 512 + BLOCK;

const entry = (bytes: Buffer, index: number): number => bytes.readUInt32BE(BAT + index * 4);
const blockData = (bytes: Buffer, index: number): Buffer => {
  const start = entry(bytes, index) * 512 + 512;
  return bytes.subarray(start, start + BLOCK);
};

/** The option is not taken until it is chosen; then the finding is gone. */
async function chosen(bench: Bench, code: string, option: string, more: PlanOptions = {}) {
  const shown = await bench.plan(more);
  expect(item(shown, code).selected).toBe(false);
  const done = await repairAndUndo(bench, { ...more, choose: { ...more.choose, [code]: option } });
  expect(done.plan.remaining).not.toContain(code);
  return done;
}

describe('the number of entries', () => {
  it('surplus entries that are free are dropped, the blocks stay', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ extraEntries: 3 }));
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'table-surplus-entries')).toMatchObject({ selected: true, risk: 'none' });
    expect(repaired.readUInt32BE(512 + 28)).toBe(4);
    expect(plan.predictedVerdict).toBe('clean');
  });

  it('entries beyond the disk that are in use are given up only when chosen', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({ extraEntries: 3, blocks: [{ index: 0 }, { index: 5 }] }),
    );
    const { plan } = await chosen(bench, 'bat-entries-beyond-disk', 'drop');
    expect(plan.predictedVerdict).not.toBe('errors');
    const { repaired } = await chosen(bench, 'bat-entries-beyond-disk', 'grow-disk');
    expect(repaired.readBigUInt64BE(48)).toBe(BigInt(6 * BLOCK));
  });

  it('missing entries are added where the padding has room', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ extraEntries: -1 }));
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'table-too-small').selected).toBe(true);
    expect(repaired.readUInt32BE(512 + 28)).toBe(4);
    expect(entry(repaired, 3)).toBe(0xffff_ffff);
    expect(plan.predictedVerdict).toBe('clean');
  });

  it('blocks that are in the way of the table move behind the last one, with their content', async () => {
    // 128 entries fill a sector; 130 need two, and the first block stands there
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        sizeBytes: 130 * 512,
        blockSizeBytes: 512,
        extraEntries: -2,
        blocks: [{ index: 7 }, { index: 3 }],
      }),
    );
    const before = bench.bytes();
    const at = (bytes: Buffer, index: number): Buffer => {
      const start = entry(bytes, index) * 512 + 512;
      return bytes.subarray(start, start + 512);
    };
    const shown = await bench.plan();
    const choose = item(shown, 'table-too-small').selected ? {} : { 'table-too-small': 'apply' };
    const { plan, repaired } = await repairAndUndo(bench, { choose });
    expect(plan.predictedVerdict).toBe('clean');
    for (const index of [7, 3]) expect(at(repaired, index).equals(at(before, index))).toBe(true);
    expect(entry(repaired, 129)).toBe(0xffff_ffff);
    expect(entry(repaired, 7)).not.toBe(entry(before, 7));
  });

  it('a table that is cut off is written again where nothing can be allocated', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ sizeBytes: 1000 * BLOCK, blocks: [] }));
    const intact = bench.bytes();
    const footer = intact.subarray(-512);
    bench.truncate(BAT + 512).append(footer);
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'bat-truncated').selected).toBe(true);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('a table that is nowhere is found where it usually is, when chosen', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ header: { tableOffset: 1n << 40n } }));
    const { plan, repaired } = await chosen(bench, 'bat-outside', 'apply');
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.readBigUInt64BE(512 + 16)).toBe(1536n);
  });
});

describe('entries that point to where no block can be', () => {
  it('behind the end of the file', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ batOverrides: { 1: 0x7000_0000 } }));
    const { plan, repaired } = await chosen(bench, 'bat-entry-outside', 'clear');
    expect(entry(repaired, 1)).toBe(0xffff_ffff);
    expect(plan.predictedVerdict).toBe('clean');
  });

  it('into the metadata', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ batOverrides: { 3: 0 } }));
    const { repaired } = await chosen(bench, 'bat-entry-in-metadata', 'clear');
    expect(entry(repaired, 3)).toBe(0xffff_ffff);
  });

  it('over the footer: the footer moves behind the block', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const before = bench.bytes();
    const footer = before.subarray(-512);
    bench.truncate(before.length - 512 - 1024).append(footer);
    const { plan, repaired } = await chosen(bench, 'block-over-footer', 'pad').catch(() =>
      chosen(bench, 'block-cut-off', 'pad'),
    );
    expect(repaired.length).toBe(before.length);
    expect(repaired.subarray(-512).equals(footer)).toBe(true);
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.subarray(-1536, -512).every((byte) => byte === 0)).toBe(true);
  });

  it('a cut-off last block is padded on its own where nothing was stored in what is missing', async () => {
    const sectors = Array.from({ length: 60 }, (_, at) => at);
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        blocks: [{ index: 2 }, { index: 0, bitmap: sectors, data: new Uint8Array(60 * 512).fill(3) }],
      }),
    );
    const intact = bench.bytes();
    bench.truncate(intact.length - 512 - 4 * 512 + 100);
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'block-cut-off')).toMatchObject({ selected: true, risk: 'none' });
    expect(repaired.equals(intact)).toBe(true);
  });

  it('a cut-off block with content in what is missing is padded only when chosen', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const intact = bench.bytes();
    bench.truncate(intact.length - 512 - 5000);
    const { plan, repaired } = await chosen(bench, 'block-cut-off', 'pad');
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.length).toBe(intact.length);
    expect(repaired.subarray(0, intact.length - 5512).equals(intact.subarray(0, intact.length - 5512))).toBe(
      true,
    );
  });
});

describe('blocks that share bytes', () => {
  const twice = (): Bench => {
    const bench = new Bench(folder(), dynamicKnobs());
    return bench.write(BAT + 4, bench.bytes().subarray(BAT, BAT + 4));
  };

  it('each gets its own copy', async () => {
    const bench = twice();
    const before = bench.bytes();
    const { plan, repaired } = await chosen(bench, 'blocks-overlap', 'duplicate');
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.length).toBe(before.length + STRIDE);
    expect(entry(repaired, 0)).not.toBe(entry(repaired, 1));
    for (const index of [0, 1, 2])
      expect(blockData(repaired, index).equals(blockData(before, index))).toBe(true);
  });

  it('or one of them is kept', async () => {
    const first = await chosen(twice(), 'blocks-overlap', 'keep-first');
    expect(entry(first.repaired, 1)).toBe(0xffff_ffff);
    expect(entry(first.repaired, 0)).not.toBe(0xffff_ffff);
    const second = await chosen(twice(), 'blocks-overlap', 'keep-second');
    expect(entry(second.repaired, 0)).toBe(0xffff_ffff);
    expect(entry(second.repaired, 1)).not.toBe(0xffff_ffff);
  });

  it('overlaps in part are parted, too', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ blocks: [{ index: 0 }, { index: 1 }, { index: 2 }] }));
    const before = bench.bytes();
    const moved = Buffer.alloc(4);
    moved.writeUInt32BE(entry(before, 1) - 10);
    bench.write(BAT + 4, moved);
    const damaged = bench.bytes();
    const { plan, repaired } = await chosen(bench, 'blocks-overlap', 'duplicate');
    expect(plan.remaining).not.toContain('blocks-overlap');
    for (const index of [0, 1, 2])
      expect(blockData(repaired, index).equals(blockData(damaged, index))).toBe(true);
  });
});

describe('a BAT that does not begin on a sector', () => {
  const table = (bytes: Buffer): number => Number(bytes.readBigUInt64BE(bytes.readUInt32BE(20) + 16));
  const dataAt = (bytes: Buffer, index: number): Buffer => {
    const start = bytes.readUInt32BE(table(bytes) + index * 4) * 512 + 512;
    return bytes.subarray(start, start + BLOCK);
  };

  it('moves to the sector it begins in, with the entries as they are', async () => {
    const bench = new Bench(folder(), dynamicKnobs({ batOffset: 1540, slackBytes: 508 }));
    const before = bench.bytes();
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'bat-unaligned')).toMatchObject({ selected: true, risk: 'none' });
    expect(plan.predictedVerdict).toBe('clean');
    expect(table(repaired)).toBe(1536);
    for (const index of [0, 2]) expect(dataAt(repaired, index).equals(dataAt(before, index))).toBe(true);
    expect(repaired.readUInt32BE(1536 + 4)).toBe(0xffff_ffff);
  });

  it('moves to the next sector where the header reaches into its own, and a block there moves behind the last', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        headerOffset: 516,
        batOffset: 1600,
        slackBytes: 448,
        blocks: [{ index: 2 }, { index: 0 }],
      }),
    );
    const before = bench.bytes();
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'bat-unaligned').selected).toBe(true);
    expect(plan.remaining).not.toContain('bat-unaligned');
    expect(table(repaired)).toBe(2048);
    for (const index of [0, 2]) expect(dataAt(repaired, index).equals(dataAt(before, index))).toBe(true);
  });

  it('goes behind the last block where there is no room nearby', async () => {
    const locators = [{ platform: 'W2ru', data: '.\\parent.vhd' }] as const;
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        type: 'differencing',
        headerOffset: 516,
        batOffset: 1600,
        header: { parentId: '11111111-2222-4333-8444-555555555555', parentName: 'parent.vhd' },
        locators: [...locators],
        locatorsOffset: 2112,
        slackBytes: 448,
      }),
    );
    const before = bench.bytes();
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'bat-unaligned').selected).toBe(true);
    expect(plan.remaining).not.toContain('bat-unaligned');
    expect(table(repaired)).toBeGreaterThanOrEqual(before.length - 512);
    expect(table(repaired) % 512).toBe(0);
    for (const index of [0, 2]) expect(dataAt(repaired, index).equals(dataAt(before, index))).toBe(true);
  });

  it('takes the batmap of Xen along, which is looked for behind the table', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        footer: { creator: 'tap\0', creatorVersion: 0x10003 },
        batOffset: 1540,
        slackBytes: 508,
        batmap: 'valid',
      }),
    );
    const { plan, repaired } = await repairAndUndo(bench);
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.subarray(2048, 2056).toString('latin1')).toBe('tdbatmap');
  });
});

describe("Xen's batmap", () => {
  const xen = { creator: 'tap\0', creatorVersion: 0x10003 };

  it('is given room for every block where it is too small, and the block in the way moves', async () => {
    // 4096 one-sector blocks need 512 bytes of map; 4104 need 1024, and the first block stands there
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        footer: xen,
        sizeBytes: 4104 * 512,
        blockSizeBytes: 512,
        blocks: [{ index: 7 }, { index: 3, bitmap: [], data: new Uint8Array(512) }],
        batmap: 'valid',
        batmapSectors: 1,
      }),
    );
    const before = bench.bytes();
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'batmap-invalid')).toMatchObject({ selected: true, risk: 'none' });
    expect(plan.predictedVerdict).toBe('clean');
    const header = 1536 + 4104 * 4 + (512 - ((4104 * 4) % 512));
    expect(repaired.subarray(header, header + 8).toString('latin1')).toBe('tdbatmap');
    expect(repaired.readUInt32BE(header + 16)).toBe(2);
    expect(repaired.readBigUInt64BE(header + 8)).toBe(BigInt(header + 512));
    const map = repaired.subarray(header + 512, header + 1536);
    expect(
      [...map].reduce((sum, byte) => sum + byte, 0),
      'block 7 alone is whole',
    ).toBe(1);
    for (const index of [7, 3]) {
      const at = (bytes: Buffer): Buffer => {
        const start = entry(bytes, index) * 512;
        return bytes.subarray(start, start + 1024);
      };
      expect(at(repaired).equals(at(before))).toBe(true);
    }
  });

  it('is made anew where its place is nowhere', async () => {
    const knobs = dynamicKnobs({ footer: xen, batmap: 'valid' });
    const bench = new Bench(folder(), knobs);
    const intact = bench.bytes();
    bench.write(2048 + 8, new Uint8Array(12).fill(0xff));
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'batmap-invalid').selected).toBe(true);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('goes behind the last block only when chosen, where a locator is in the way', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({
        type: 'differencing',
        footer: xen,
        header: { parentId: '11111111-2222-4333-8444-555555555555', parentName: 'parent.vhd' },
        locators: [{ platform: 'W2ru', data: '.\\parent.vhd' }],
        sizeBytes: 4104 * 512,
        blockSizeBytes: 512,
        batmap: 'valid',
        batmapSectors: 1,
      }),
    );
    const { plan } = await chosen(bench, 'batmap-invalid', 'apply');
    expect(plan.remaining).not.toContain('batmap-invalid');
  });

  it('is rebuilt from the bitmaps', async () => {
    const knobs = dynamicKnobs({
      footer: { creator: 'tap\0', creatorVersion: 0x10003 },
      blocks: [{ index: 2 }, { index: 0, bitmap: [0, 1, 2], data: new Uint8Array(1536).fill(1) }],
      batmap: 'valid',
    });
    const bench = new Bench(folder(), knobs);
    const intact = bench.bytes();
    const map = 2048 + 512;
    expect(intact.subarray(2048, 2056).toString('latin1')).toBe('tdbatmap');
    bench.write(map, [0xff, 0xff]);
    const { plan, repaired } = await repairAndUndo(bench);
    expect(item(plan, 'batmap-invalid').selected).toBe(true);
    expect(repaired.equals(intact)).toBe(true);
  });

  it('where it is missing, the creator may be named otherwise', async () => {
    const bench = new Bench(
      folder(),
      dynamicKnobs({ footer: { creator: 'tap\0', creatorVersion: 0x10003 } }),
    );
    const { repaired } = await chosen(bench, 'batmap-missing', 'apply');
    expect(repaired.subarray(28, 32).toString('latin1')).toBe('win ');
  });
});

it('a footer that stands off the sectors is moved to the next one', async () => {
  const bench = new Bench(folder(), dynamicKnobs({ gapBeforeFooterBytes: 100 }));
  const { plan, repaired } = await repairAndUndo(bench);
  expect(item(plan, 'file-size-not-sectors').selected).toBe(true);
  expect(repaired.length % 512).toBe(0);
  expect(plan.predictedVerdict).toBe('clean');
});
