import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkImage,
  convertImage,
  openDisk,
  preflightResize,
  readMetadata,
  NodeFile,
  resizeImage,
  undoImage,
  type OperationContext,
  type ResizeInput,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { writeGpt, writeMbr } from '../../support/partition-builder';
import { useTestFolder } from '../../support/temp';
import { buildVhd, type BlockKnobs } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const at = useTestFolder('resize');
const resize = (name: string, sizeBytes: number, more: Partial<ResizeInput> = {}) =>
  resizeImage({ image: { path: at(name) }, sizeBytes, history: { historyFolder: at('history') }, ...more });

/** Guest bytes, through the engine's own reader; the oracle suite asks others. */
async function guestBytes(name: string, length?: number): Promise<Buffer> {
  const opened = await openDisk(at(name));
  try {
    const bytes = Buffer.alloc(length ?? opened.disk.sizeBytes);
    await opened.disk.readAt(bytes, 0);
    return bytes;
  } finally {
    await opened.close();
  }
}
async function metadataOf(name: string) {
  const file = await NodeFile.open(at(name), 'read');
  const metadata = await readMetadata(file);
  await file.close();
  return metadata;
}
const extended = (content: Buffer, sizeBytes: number): Buffer =>
  Buffer.concat([content, Buffer.alloc(sizeBytes - content.length)]);

describe('growing', () => {
  const content = patchyContent(5 * MIB + 512, 4);

  it('moves a fixed disk its footer and zeroes the old one', async () => {
    buildVhd({ type: 'fixed', sizeBytes: content.length, data: content }).writeTo(at('f.vhd'));
    const { ino } = fs.statSync(at('f.vhd'));
    const result = await resize('f.vhd', 9 * MIB);
    expect(result).toMatchObject({ virtualSizeBytes: 9 * MIB, fileSizeBytes: 9 * MIB + 512 });
    expect((await guestBytes('f.vhd')).equals(extended(content, 9 * MIB))).toBe(true);
    expect(fs.statSync(at('f.vhd')).ino).toBe(ino);
  });

  it('shows zeros, not what lay behind the disk in a data area that was too long', async () => {
    const data = Buffer.concat([content, Buffer.alloc(MIB, 0xee)]);
    buildVhd({ type: 'fixed', sizeBytes: content.length, data, dataAreaBytes: data.length }).writeTo(
      at('f.vhd'),
    );
    await resize('f.vhd', 12 * MIB);
    expect((await guestBytes('f.vhd')).equals(extended(content, 12 * MIB))).toBe(true);
  });

  it.each([
    ['packed blocks', {}],
    ['room behind the BAT', { slackBytes: 64 * KIB }],
    ['a batmap', { batmap: 'valid' }],
    ['surplus entries', { extraEntries: 3 }],
  ] as const)('keeps every byte of a dynamic disk with %s when its BAT must grow', async (_, knobs) => {
    const blocks: BlockKnobs[] = [];
    for (let index = 0; index * 64 * KIB < content.length; index += 1) {
      const data = content.subarray(index * 64 * KIB, (index + 1) * 64 * KIB);
      blocks.push({ index, data, ...(index === 3 ? { gapBytes: 1024 } : {}) });
    }
    buildVhd({
      type: 'dynamic',
      sizeBytes: content.length,
      blockSizeBytes: 64 * KIB,
      blocks,
      ...knobs,
    }).writeTo(at('d.vhd'));
    const before = fs.readFileSync(at('d.vhd'));
    const { journal } = await resize('d.vhd', 2 * GIB);
    const { header, footer, footerCopy, bat, active } = await metadataOf('d.vhd');
    expect(header?.fields.maxTableEntries).toBe((2 * GIB) / (64 * KIB));
    expect([header?.checksum.valid, footer?.checksum.valid, footerCopy?.checksum.valid]).toEqual([
      true,
      true,
      true,
    ]);
    expect(bat?.entries.length).toBe((2 * GIB) / (64 * KIB));
    expect(active?.fields).toMatchObject({ currentSizeBytes: 2 * GIB, originalSizeBytes: content.length });
    expect((await guestBytes('d.vhd', 8 * MIB)).equals(extended(content, 8 * MIB))).toBe(true);
    expect(journal).not.toBeNull();
    await undoImage(at('d.vhd'), { historyFolder: at('history') });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('moves parent locators that are in the way, so that the child finds its parent', async () => {
    const newer = patchyContent(content.length, 5);
    const isChanged = (sector: number): boolean => sector % 4 === 1;
    const base = buildDynamicOf(content, 2 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', newer, isChanged, 64 * KIB).writeTo(at('child.vhd'));
    const result = await resize('child.vhd', GIB);
    expect(result.warnings.join()).toMatch(/parent has/i);
    const shown = extended(overlaid(content, newer, isChanged), 8 * MIB);
    expect((await guestBytes('child.vhd', 8 * MIB)).equals(shown)).toBe(true);
    fs.renameSync(at('base.vhd'), at('elsewhere.bin'));
    await expect(openDisk(at('child.vhd'))).rejects.toMatchObject({ code: 'parent-missing' });
  });

  it('zeroes what the last block held behind the old end', async () => {
    const data = Buffer.alloc(2 * MIB, 0xdd);
    buildVhd({ type: 'dynamic', sizeBytes: 3 * MIB, blocks: [{ index: 1, data }] }).writeTo(at('d.vhd'));
    await resize('d.vhd', 8 * MIB);
    const bytes = await guestBytes('d.vhd');
    expect(bytes.subarray(2 * MIB, 3 * MIB).every((byte) => byte === 0xdd)).toBe(true);
    expect(bytes.subarray(3 * MIB).every((byte) => byte === 0)).toBe(true);
  });

  it('zeroes that, too, where the last block has to make room for a longer BAT', async () => {
    const size = 3 * 4 * KIB + KIB;
    const blocks = [{ index: 3, data: 0x77 }, { index: 0 }];
    buildVhd({ type: 'dynamic', sizeBytes: size, blockSizeBytes: 4 * KIB, blocks }).writeTo(at('d.vhd'));
    const before = await guestBytes('d.vhd');
    await resize('d.vhd', 8 * MIB);
    expect((await guestBytes('d.vhd')).equals(extended(before, 8 * MIB))).toBe(true);
  });

  it('does not let entries behind the old end appear as guest content', async () => {
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: 2 * MIB,
      extraEntries: 1,
      blocks: [
        { index: 0, data: 1 },
        { index: 1, data: 2 },
      ],
    });
    built.writeTo(at('d.vhd'));
    await resize('d.vhd', 4 * MIB);
    expect((await guestBytes('d.vhd')).subarray(2 * MIB).every((byte) => byte === 0)).toBe(true);
  });

  it.each([64 * KIB, 2 * MIB])(
    'a child of %i-byte blocks shows zeros where its parent is longer, and can be put back',
    async (blockSizeBytes) => {
      const base = buildVhd({ type: 'fixed', sizeBytes: 8 * MIB, data: Buffer.alloc(8 * MIB, 0xaa) });
      base.writeTo(at('base.vhd'));
      const size = 3 * MIB + 700;
      const isChanged = (sector: number): boolean => sector % 3 === 0;
      const newer = patchyContent(size, 8);
      buildChildOf(base, 'base.vhd', newer, isChanged, blockSizeBytes).writeTo(at('child.vhd'));
      const before = fs.readFileSync(at('child.vhd'));
      const shown = overlaid(Buffer.alloc(size, 0xaa), newer, isChanged);
      expect((await guestBytes('child.vhd')).equals(shown)).toBe(true);
      const { changed } = await resize('child.vhd', 16 * MIB);
      expect(changed.join()).toMatch(/zeros hide/i);
      expect((await guestBytes('child.vhd')).equals(extended(shown, 16 * MIB))).toBe(true);
      await undoImage(at('child.vhd'), { historyFolder: at('history') });
      expect(fs.readFileSync(at('child.vhd')).equals(before)).toBe(true);
    },
  );

  it('does nothing where the size is the same', async () => {
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(at('d.vhd'));
    const before = fs.statSync(at('d.vhd'), { bigint: true }).mtimeNs;
    expect((await resize('d.vhd', 4 * MIB)).journal).toBeNull();
    expect(fs.statSync(at('d.vhd'), { bigint: true }).mtimeNs).toBe(before);
  });

  it('refuses while children expect the size, naming them, unless they may break', async () => {
    const base = buildDynamicOf(content, 2 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', content, () => false, 2 * MIB).writeTo(at('child.vhd'));
    await expect(resize('base.vhd', GIB)).rejects.toMatchObject({
      code: 'has-children',
      message: expect.stringContaining('child.vhd') as string,
    });
    const input = { image: { path: at('base.vhd') }, sizeBytes: GIB };
    expect((await preflightResize(input)).ok).toBe(false);
    expect((await resize('base.vhd', GIB, { breakChildren: true })).virtualSizeBytes).toBe(GIB);
  });

  it('says of a growing parent whose children go on being read that only Hyper-V refuses them', async () => {
    const base = buildDynamicOf(content, 2 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', content, () => false, 2 * MIB).writeTo(at('my child.vhd'));
    await expect(resize('base.vhd', GIB)).rejects.toMatchObject({
      code: 'has-children',
      message:
        '"base.vhd" is the parent of "my child.vhd"; Hyper-V refuses a child whose parent has another size, while other programs go on reading it.',
    });
    const input = { image: { path: at('base.vhd') }, sizeBytes: GIB, breakChildren: true };
    const item = (await preflightResize(input)).items.find(({ code }) => code === 'children');
    expect(item).toMatchObject({ level: 'warning', names: ['my child.vhd'], readable: true });
    expect(item?.message).not.toMatch(/break/);
    const { warnings } = await resize('base.vhd', GIB, { breakChildren: true });
    expect(warnings).toContain(item?.message);
    expect((await guestBytes('my child.vhd')).equals(content)).toBe(true);
  });

  it('says of a shrinking parent that its children would break', async () => {
    const base = buildDynamicOf(content, 4 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', content, () => false, 4 * MIB).writeTo(at('child.vhd'));
    const input = { image: { path: at('base.vhd') }, sizeBytes: 2 * MIB, shrink: true };
    const item = (await preflightResize(input)).items.find(({ code }) => code === 'children');
    expect(item?.message).toBe('These depend on what changes and would break: "child.vhd".');
    expect(item?.readable).toBeUndefined();
  });

  it.each([
    ['a saved state', { footer: { savedState: 1 } }, 'saved-state'],
    ['a damaged footer', { footer: { checksum: 1 } }, 'too-damaged'],
    ['a damaged BAT', { batOverrides: { 0: 77_777 } }, 'too-damaged'],
  ])('refuses an image with %s and leaves it as it is', async (_, knobs, code) => {
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB, blocks: [{ index: 1 }], ...knobs }).writeTo(at('d.vhd'));
    const before = fs.readFileSync(at('d.vhd'));
    await expect(resize('d.vhd', 8 * MIB)).rejects.toMatchObject({ code });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('refuses more than the format holds', async () => {
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(at('d.vhd'));
    await expect(resize('d.vhd', 2041 * GIB)).rejects.toMatchObject({ code: 'size-limit' });
  });
});

describe('what is not in use any more', () => {
  const unreferencedIn = async (name: string): Promise<readonly string[]> => {
    const file = await NodeFile.open(at(name), 'read');
    try {
      const { findings } = await checkImage({ file, metadata: await readMetadata(file) }, { deep: true });
      return findings.map(({ code }) => code).filter((code) => code === 'unreferenced-data');
    } finally {
      await file.close();
    }
  };
  const STALE: readonly BlockKnobs[] = [0, 1, 2].map((index) => ({ index, data: index + 1 }));
  const lostBlock = (bytes: Buffer, entryOffset: number): void =>
    void bytes.fill(0xff, entryOffset, entryOffset + 4);

  it.each([
    ['behind a longer BAT', { blockSizeBytes: 64 * KIB }, 2 * GIB, false],
    ['with a batmap', { blockSizeBytes: 64 * KIB, batmap: 'valid' }, 2 * GIB, false],
    ['of the footer that it grew past', { blockSizeBytes: 64 * KIB, slackBytes: 1536 }, 64 * MIB, false],
    [
      'of surplus entries',
      { blockSizeBytes: 64 * KIB, sizeBytes: 64 * KIB, extraEntries: 5 },
      9 * MIB,
      false,
    ],
    ['of a shorter BAT', { blockSizeBytes: 512, sizeBytes: 1 * MIB }, 64 * KIB, true],
  ] as const)('leaves nothing %s, and can be put back', async (_, knobs, sizeBytes, shrink) => {
    const blocks = shrink
      ? [{ index: 3 }, { index: 700, data: 5, bitmap: 'zeros' as const }, { index: 9 }]
      : STALE;
    buildVhd({ type: 'dynamic', sizeBytes: 5 * MIB, blocks, ...knobs }).writeTo(at('d.vhd'));
    const before = fs.readFileSync(at('d.vhd'));
    await resize('d.vhd', sizeBytes, { shrink });
    expect(await unreferencedIn('d.vhd')).toEqual([]);
    await undoImage(at('d.vhd'), { historyFolder: at('history') });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('leaves a block that the BAT had lost before for a rescue to find', async () => {
    const built = buildVhd({ type: 'dynamic', sizeBytes: 5 * MIB, blockSizeBytes: 64 * KIB, blocks: STALE });
    built.writeTo(at('d.vhd'));
    const bytes = fs.readFileSync(at('d.vhd'));
    lostBlock(bytes, built.batOffset + 8);
    fs.writeFileSync(at('d.vhd'), bytes);
    await resize('d.vhd', 2 * GIB);
    const place = bytes.lastIndexOf(Buffer.alloc(64 * KIB, 3));
    expect(fs.readFileSync(at('d.vhd')).subarray(place, place + 64 * KIB)).toEqual(Buffer.alloc(64 * KIB, 3));
  });
});

describe('the proof', () => {
  const content = patchyContent(24 * MIB, 7);
  /** Writes into the image behind the engine's back as soon as its verification begins. */
  const spoiling = (name: string, offset: number): OperationContext => {
    let isSpoilt = false;
    return {
      onProgress: ({ phase }) => {
        if (phase !== 'verify' || isSpoilt) return;
        isSpoilt = true;
        const descriptor = fs.openSync(at(name), 'r+');
        fs.writeSync(descriptor, Buffer.from('spoilt'), 0, 6, offset);
        fs.closeSync(descriptor);
      },
    };
  };

  it.each([
    ['content that changed', 23 * MIB],
    ['bytes that are not zero where the disk grew', 39 * MIB],
  ])('finds %s and puts the old size back', async (_, offset) => {
    buildVhd({ type: 'fixed', sizeBytes: content.length, data: content }).writeTo(at('f.vhd'));
    const input = { image: { path: at('f.vhd') }, sizeBytes: 40 * MIB };
    await expect(resizeImage(input, spoiling('f.vhd', offset))).rejects.toMatchObject({
      code: 'verify-failed',
    });
    expect(fs.statSync(at('f.vhd')).size).toBe(content.length + 512);
    expect((await metadataOf('f.vhd')).footer?.checksum.valid).toBe(true);
    expect(fs.readdirSync(at())).toEqual(['f.vhd']);
  });

  it('is left out where nobody wants it, and the result says so', async () => {
    buildVhd({ type: 'fixed', sizeBytes: content.length, data: content }).writeTo(at('f.vhd'));
    const phases = new Set<string>();
    const input = { image: { path: at('f.vhd') }, sizeBytes: 40 * MIB, verify: 'none' } as const;
    const result = await resizeImage(input, { onProgress: ({ phase }) => phases.add(phase) });
    expect(result.verified).toBe(false);
    expect([...phases]).not.toContain('read');
    expect((await resize('f.vhd', 41 * MIB)).verified).toBe(true);
  });
});

describe('shrinking', () => {
  const content = patchyContent(4 * MIB, 6);
  const padded = extended(content, 12 * MIB);

  it.each(['fixed', 'dynamic'] as const)(
    'cuts a %s disk behind its data, and undo gives it back',
    async (to) => {
      fs.writeFileSync(at('raw'), padded);
      await convertImage({ source: { path: at('raw') }, target: at('s.vhd'), to });
      const before = fs.readFileSync(at('s.vhd'));
      const result = await resize('s.vhd', 5 * MIB, { shrink: true });
      expect(result.virtualSizeBytes).toBe(5 * MIB);
      expect((await guestBytes('s.vhd')).equals(extended(content, 5 * MIB))).toBe(true);
      const { header } = await metadataOf('s.vhd');
      if (to === 'dynamic') expect(header?.fields.maxTableEntries).toBe(3);
      else expect(result.fileSizeBytes).toBe(5 * MIB + 512);
      await undoImage(at('s.vhd'), { historyFolder: at('history') });
      expect(fs.readFileSync(at('s.vhd')).equals(before)).toBe(true);
    },
  );

  it('must be asked for', async () => {
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(at('d.vhd'));
    await expect(resize('d.vhd', 3 * MIB)).rejects.toMatchObject({ code: 'usage' });
  });

  it('is refused with the first byte of data beyond', async () => {
    buildVhd({
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [{ index: 3, data: Buffer.from([0, 0, 9]) }],
    }).writeTo(at('d.vhd'));
    const before = fs.readFileSync(at('d.vhd'));
    await expect(resize('d.vhd', 6 * MIB, { shrink: true })).rejects.toMatchObject({
      code: 'data-beyond-end',
      message: expect.stringContaining('byte 6,291,458') as string,
    });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('sees data of the parent beyond the end of a child, too', async () => {
    const base = buildDynamicOf(content, 2 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', content, () => false, 2 * MIB).writeTo(at('child.vhd'));
    await expect(resize('child.vhd', 2 * MIB, { shrink: true })).rejects.toMatchObject({
      code: 'data-beyond-end',
    });
  });

  it('is refused with the name of a partition that is empty but in the way', async () => {
    const disk = Buffer.alloc(16 * MIB);
    writeMbr(disk, [{ startSector: 2048, sectors: 24_576 }]);
    buildDynamicOf(disk, 2 * MIB).writeTo(at('d.vhd'));
    await expect(resize('d.vhd', 8 * MIB, { shrink: true })).rejects.toMatchObject({
      code: 'data-beyond-end',
      message: expect.stringMatching(/partition 1/i) as string,
    });
  });

  it('is refused with the name of the GPT backup', async () => {
    const disk = Buffer.alloc(16 * MIB);
    writeGpt(disk, []);
    buildDynamicOf(disk, 2 * MIB).writeTo(at('d.vhd'));
    await expect(resize('d.vhd', 8 * MIB, { shrink: true })).rejects.toMatchObject({
      code: 'data-beyond-end',
      message: expect.stringMatching(/backup of the GPT/) as string,
    });
  });
});
