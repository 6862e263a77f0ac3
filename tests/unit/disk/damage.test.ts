import { describe, expect, it } from 'vitest';
import { openDiskFromFile, type OpenedDisk, type OpenDiskOptions } from '../../../src-main/engine/chain';
import { Damage, openImage, openImageForWriting, readMetadata } from '../../../src-main/engine/disk';
import { MemoryFile, SparseMemoryFile } from '../../support/fake-files';
import { readAll } from '../../support/disk-model';
import { buildVhd, footerBytes, patternBlock, type VhdKnobs } from '../../support/vhd-builder';

const BLOCK = 4096;
const SIZE = 4 * BLOCK;

const knobs: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: SIZE,
  blockSizeBytes: BLOCK,
  blocks: [{ index: 0 }, { index: 2 }],
};

function expected(...blocks: readonly number[]): Uint8Array {
  const content = new Uint8Array(SIZE);
  for (const block of blocks) content.set(patternBlock(block, BLOCK), block * BLOCK);
  return content;
}

async function open(changes: Partial<VhdKnobs>, options: OpenDiskOptions = {}): Promise<OpenedDisk> {
  return openDiskFromFile(await buildVhd({ ...knobs, ...changes }).file(), options);
}

async function content(changes: Partial<VhdKnobs>): Promise<Uint8Array> {
  return readAll((await open(changes)).disk);
}

describe('damage that never stops a reading', () => {
  const harmless: readonly (readonly [string, Partial<VhdKnobs>])[] = [
    [
      'a wrong checksum of the footer',
      { footer: { checksum: 1 }, footerCopy: { checksum: undefined } as never },
    ],
    ['wrong checksums of both footers', { footer: { checksum: 1 } }],
    ['a wrong checksum of the dynamic disk header', { header: { checksum: 7 } }],
    ['no footer at the end', { footerForm: 'absent' }],
    ['no footer copy', { footerCopy: null }],
    ['a footer of 511 bytes', { footerForm: 511 }],
    ['bytes behind the footer', { trailing: new Uint8Array(777).fill(3) }],
    [
      'no geometry, no id, a time in the future',
      { footer: { geometry: [0, 0, 0], uniqueId: '0'.repeat(32), timestamp: 0xffff_ffff } },
    ],
    ['reserved bytes that are not zero', { footer: { reserved: new Uint8Array(427).fill(0xab) } }],
    ['a cookie with a wrong byte in the footer', { footer: { cookie: 'conectiX' } }],
    ['a header far behind the footer copy', { headerOffset: 8192 }],
    ['a BAT behind the blocks', { batOffset: 1024 * 1024 }],
    ['an unused 32-bit data offset in the header', { header: { dataOffset: 0xffff_ffffn } }],
    ['surplus BAT entries', { extraEntries: 100 }],
    [
      'gaps before blocks',
      {
        blocks: [
          { index: 2, gapBytes: 3584 },
          { index: 0, gapBytes: 512 },
        ],
      },
    ],
    ['a gap before the footer', { gapBeforeFooterBytes: 1024 * 1024 }],
    ['a batmap, even an invalid one', { batmap: 'invalid' }],
    ['a hidden flag and a saved state', { footer: { hidden: 1, savedState: 1 } }],
  ];

  it.each(harmless)('%s', async (_name, changes) => {
    expect(Buffer.compare(await content(changes), expected(0, 2))).toBe(0);
  });
});

describe('a sector with a clear bit in a dynamic disk', () => {
  it('reads as zeros whatever lies there', async () => {
    const shown = await content({
      blocks: [
        { index: 0, bitmap: [1] },
        { index: 2, bitmap: 'zeros' },
      ],
    });
    const content0 = new Uint8Array(SIZE);
    content0.set(patternBlock(0, BLOCK).subarray(512, 1024), 512);
    expect(Buffer.compare(shown, content0)).toBe(0);
  });
});

describe('damage that stops the ranges it concerns', () => {
  const stopping: readonly (readonly [string, Partial<VhdKnobs>, readonly number[], RegExp])[] = [
    ['an entry past the end of the file', { batOverrides: { 2: 5000 } }, [0], /past the end/],
    ['an entry inside metadata', { batOverrides: { 2: 0 } }, [0], /into metadata/],
    ['an entry inside the BAT', { batOverrides: { 2: 3 } }, [0], /into metadata/],
    ['two entries for one place', { batOverrides: { 1: 4 } }, [2], /overlaps another/],
    ['a block that overlaps the next', { batOverrides: { 1: 5 } }, [], /overlaps another/],
    ['a BAT with too few entries', { extraEntries: -2 }, [0], /BAT ends before/],
    ['a file that was cut inside a block', { truncateTo: 13 * 512 + 512 + 1024 }, [0], /ends inside block 2/],
  ];

  it.each(stopping)('%s', async (_name, changes, sound, message) => {
    const { disk } = await open(changes);
    await expect(readAll(disk)).rejects.toMatchObject({ code: 'damaged-range' });
    await expect(readAll(disk)).rejects.toThrow(message);
    for (const block of sound) {
      const bytes = new Uint8Array(BLOCK);
      await disk.readAt(bytes, block * BLOCK);
      expect(Buffer.compare(bytes, patternBlock(block, BLOCK))).toBe(0);
    }
  });

  it.each(stopping)('%s, read as zeros on request, and named', async (_name, changes, sound) => {
    const { disk, chain } = await open(changes, { allowDamaged: true });
    const shown = await readAll(disk);
    for (const block of sound) {
      expect(
        Buffer.compare(shown.subarray(block * BLOCK, (block + 1) * BLOCK), patternBlock(block, BLOCK)),
      ).toBe(0);
    }
    const ranges = chain[0]?.damage.ranges ?? [];
    expect(ranges.length).toBeGreaterThan(0);
    for (const { offset, length } of ranges) {
      expect(shown.subarray(offset, offset + length).every((byte) => byte === 0)).toBe(true);
    }
  });

  it('stops a block that lies on the path of a parent locator, and its image is not written', async () => {
    const base = buildVhd({ type: 'dynamic', sizeBytes: SIZE, blockSizeBytes: BLOCK });
    const parent = (await openDiskFromFile(await base.file())).disk;
    const file = await buildVhd({
      type: 'differencing',
      sizeBytes: SIZE,
      blockSizeBytes: BLOCK,
      blocks: [{ index: 0, gapBytes: 2 * BLOCK }],
      header: { parentId: base.uniqueId },
      locators: [{ platform: 'W2ru', data: '.\\parent.vhd' }],
      locatorsOffset: 4096,
      batOverrides: { 1: 5 },
    }).file();
    const metadata = await readMetadata(file);
    const disk = openImage(file, metadata, new Damage('child.vhd', false), parent);
    await expect(disk.readAt(new Uint8Array(1), BLOCK)).rejects.toThrow(/into metadata/);
    await disk.readAt(new Uint8Array(BLOCK), 0);
    expect(() => openImageForWriting(file, metadata, parent)).toThrow(/damaged BAT/);
  });

  it('stops a fixed disk behind the end of its file, and nowhere else', async () => {
    const file = await buildVhd({
      type: 'fixed',
      sizeBytes: SIZE,
      data: patternBlock(1, SIZE),
      dataAreaBytes: 5120,
    }).file();
    const { disk } = await openDiskFromFile(file);
    const start = new Uint8Array(5120);
    await disk.readAt(start, 0);
    expect(Buffer.compare(start, patternBlock(1, SIZE).subarray(0, 5120))).toBe(0);
    await expect(disk.readAt(new Uint8Array(1), 5120)).rejects.toMatchObject({ code: 'damaged-range' });
  });
});

describe('an image that cannot be read at all', () => {
  const refused: readonly (readonly [string, Partial<VhdKnobs>, string])[] = [
    ['has a disk type that is none', { footer: { diskType: 5 } }, 'too-damaged'],
    ['has a block size of zero', { header: { blockSize: 0 } }, 'too-damaged'],
    ['has a block size that is no number of sectors', { header: { blockSize: 1000 } }, 'too-damaged'],
    ['has a BAT beyond what can be addressed', { header: { tableOffset: 2n ** 60n } }, 'too-damaged'],
    [
      'has a size beyond what can be calculated with',
      { footer: { currentSize: 2n ** 63n } },
      'value-too-large',
    ],
    ['has a header but no footer', { footerForm: 'absent', footerCopy: null }, 'too-damaged'],
  ];

  it.each(refused)('%s', async (_name, changes, code) => {
    await expect(open(changes)).rejects.toMatchObject({ code });
  });

  it('needs more memory for its BAT than is given', async () => {
    const changes = {
      footer: { currentSize: BigInt(2 ** 40) },
      header: { blockSize: 512, maxTableEntries: 0xffff_ffff },
    };
    await expect(open(changes)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('is a child without its parent', async () => {
    await expect(open({ type: 'differencing' })).rejects.toMatchObject({ code: 'parent-raw-unnamed' });
  });

  it.each([
    ['a VHDX', Buffer.from('vhdxfile'.padEnd(2048)), 'not-a-vhd', /VHDX/],
    [
      'a raw disk',
      Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa]), Buffer.alloc(4096)]),
      'not-a-vhd',
      /raw disk/,
    ],
    ['nothing known', Buffer.alloc(4096, 7), 'no-metadata', /not recognised/],
    ['an empty file', Buffer.alloc(0), 'not-a-vhd', /empty/],
  ])('is %s, and never silently taken for raw', async (_name, bytes, code, message) => {
    const file = new MemoryFile(bytes);
    await expect(openDiskFromFile(file)).rejects.toMatchObject({ code });
    expect(file.closed).toBe(true);
    await expect(openDiskFromFile(new MemoryFile(bytes))).rejects.toThrow(message);
    const raw = await openDiskFromFile(new MemoryFile(bytes), { format: 'raw' });
    expect(Buffer.compare(await readAll(raw.disk), bytes)).toBe(0);
  });
});

describe('sizes at the edge', () => {
  it.each([1, 511, 513, BLOCK + 1, 3 * BLOCK - 100])(
    'a disk of %d bytes reads to its last byte',
    async (sizeBytes) => {
      for (const type of ['fixed', 'dynamic'] as const) {
        const built = buildVhd({
          type,
          sizeBytes,
          blockSizeBytes: BLOCK,
          data: patternBlock(0, sizeBytes),
          blocks: [{ index: 0 }],
        });
        const { disk } = await openDiskFromFile(new MemoryFile(built.bytes()));
        expect(disk.sizeBytes).toBe(sizeBytes);
        const shown = await readAll(disk);
        const stored = Math.min(sizeBytes, type === 'fixed' ? sizeBytes : BLOCK);
        expect(
          Buffer.compare(
            shown.subarray(0, stored),
            patternBlock(0, type === 'fixed' ? sizeBytes : BLOCK).subarray(0, stored),
          ),
        ).toBe(0);
        await expect(disk.readAt(new Uint8Array(1), sizeBytes)).rejects.toMatchObject({ code: 'usage' });
      }
    },
  );

  it.each(['fixed', 'dynamic'] as const)('a %s disk of no bytes at all opens', async (type) => {
    const { disk } = await openDiskFromFile(await buildVhd({ type, sizeBytes: 0 }).file());
    expect(disk.sizeBytes).toBe(0);
    await disk.readAt(new Uint8Array(0), 0);
  });

  it('a fixed disk longer than its size shows the first bytes', async () => {
    const built = buildVhd({
      type: 'fixed',
      sizeBytes: BLOCK,
      dataAreaBytes: 2 * BLOCK,
      data: patternBlock(3, 2 * BLOCK),
    });
    const { disk } = await openDiskFromFile(await built.file());
    expect(Buffer.compare(await readAll(disk), patternBlock(3, 2 * BLOCK).subarray(0, BLOCK))).toBe(0);
  });

  it('a block size that is no power of two is read', async () => {
    const changes = { sizeBytes: 3 * 1536, blockSizeBytes: 1536, blocks: [{ index: 1 }] };
    const shown = await content(changes);
    expect(Buffer.compare(shown.subarray(1536, 3072), patternBlock(1, 1536))).toBe(0);
  });

  it('a disk of 2040 GiB opens and reads in a few megabytes', async () => {
    const blockSizeBytes = 2 * 1024 * 1024;
    const sizeBytes = 2040 * 1024 ** 3;
    const last = sizeBytes / blockSizeBytes - 1;
    const built = buildVhd({ type: 'dynamic', sizeBytes, blockSizeBytes, blocks: [{ index: last }] });
    const file = await built.file();
    const { disk } = await openDiskFromFile(file);
    const tail = new Uint8Array(512);
    await disk.readAt(tail, sizeBytes - 512);
    expect(Buffer.compare(tail, patternBlock(last, blockSizeBytes).subarray(-512))).toBe(0);
    const states: string[] = [];
    for await (const extent of disk.extents(0, sizeBytes)) states.push(extent.state);
    expect(states).toEqual(['unallocated', 'data']);
  });

  it('a header that lies about its BAT does not make us allocate it', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const file = await buildVhd({ ...knobs, header: { maxTableEntries: 0xffff_ffff } }).file();
    await file.setSize(8 * 1024 ** 3);
    await file.writeAt(
      footerBytes({ dataOffset: 512n, currentSize: BigInt(SIZE), diskType: 3 }),
      8 * 1024 ** 3 - 512,
    );
    const { disk } = await openDiskFromFile(file);
    await disk.readAt(new Uint8Array(BLOCK), 0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('a VHD inside a disk', () => {
  it('does not hide the fixed disk it lies in, nor is it taken for it', async () => {
    const inner = buildVhd(knobs).bytes();
    const built = buildVhd({ type: 'fixed', sizeBytes: 64 * 1024, data: inner });
    const opened = await openDiskFromFile(await built.file());
    expect(opened.metadata?.type).toBe('fixed');
    const shown = await readAll(opened.disk);
    expect(Buffer.compare(shown.subarray(0, inner.length), inner)).toBe(0);
  });

  it('is not taken for the dynamic image whose own footer at the end is gone', async () => {
    const inner = buildVhd({ type: 'fixed', sizeBytes: 512, data: patternBlock(1, 512) }).bytes();
    const data = new Uint8Array(BLOCK);
    data.set(inner, 512);
    const opened = await open({ blocks: [{ index: 0, data }], footerForm: 'absent' });
    expect(opened.metadata?.type).toBe('dynamic');
    expect(Buffer.compare((await readAll(opened.disk)).subarray(0, BLOCK), data)).toBe(0);
  });

  it('does not make a VHD of the raw disk that holds it', async () => {
    const raw = new SparseMemoryFile(0);
    await raw.writeAt(
      buildVhd({ type: 'fixed', sizeBytes: 1024, data: patternBlock(1, 1024) }).bytes(),
      4096,
    );
    await raw.setSize(16 * 1024);
    await expect(openDiskFromFile(raw)).rejects.toMatchObject({ code: 'no-metadata' });
  });
});
