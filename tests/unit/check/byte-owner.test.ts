import { describe, expect, it } from 'vitest';
import { ByteOwners } from '../../../src-main/engine/check';
import { readMetadata } from '../../../src-main/engine/disk/metadata';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';
import { CHILD, DYNAMIC, FIXED, MIB } from './rule-case';

async function ownersOf(image: VhdKnobs): Promise<{ owners: ByteOwners; sizeBytes: number }> {
  const file = await buildVhd(image).file();
  return { owners: await ByteOwners.of(file, await readMetadata(file)), sizeBytes: await file.size() };
}

const IMAGES: Readonly<Record<string, VhdKnobs>> = {
  'a fixed disk': FIXED,
  'a fixed disk with bytes behind it': { ...FIXED, trailing: new Uint8Array(700) },
  'a fixed disk that is too long': { ...FIXED, dataAreaBytes: 4 * MIB + 1024 },
  'a dynamic disk': DYNAMIC,
  'a child with its locators': CHILD,
  'a dynamic disk with a batmap and gaps': {
    ...DYNAMIC,
    batmap: 'valid',
    slackBytes: 2048,
    gapBeforeFooterBytes: 4096,
  },
  'overlapping blocks': { ...DYNAMIC, batOverrides: { 1: 5, 3: 6 } },
  'a cut image': { ...DYNAMIC, truncateTo: 3_000_001 },
  'a BAT over everything': { ...DYNAMIC, header: { tableOffset: 0n } },
  'a locator over the header': {
    ...CHILD,
    locators: [{ platform: 'Mac ', data: new Uint8Array(40), offset: 600n }],
  },
};

describe.each(Object.entries(IMAGES))('the owners of the bytes of %s', (_name, image) => {
  it('tile the file: every byte has exactly one, and spans agree with single bytes', async () => {
    const { owners, sizeBytes } = await ownersOf(image);
    let position = 0;
    let count = 0;
    while (position < sizeBytes) {
      const owner = owners.ownerOf(position);
      expect(owner.offset).toBeLessThanOrEqual(position);
      expect(owner.length).toBeGreaterThan(0);
      expect(owner.offset + owner.length).toBeGreaterThan(position);
      expect(owner.label).not.toBe('');
      for (const probe of [position, Math.min(sizeBytes, owner.offset + owner.length) - 1])
        expect(owners.ownerOf(probe)).toMatchObject({
          structure: owner.structure,
          field: owner.field,
          index: owner.index,
        });
      position = owner.offset + owner.length;
      count += 1;
    }
    expect(position).toBe(sizeBytes);
    expect(count).toBeGreaterThan(1);
    const spans = owners.spans(0, sizeBytes);
    expect(spans.reduce((end, span) => (span.offset === end ? end + span.length : NaN), 0)).toBe(sizeBytes);
  });
});

describe('ByteOwners', () => {
  it('names fields, entries, bitmaps, data and gaps', async () => {
    const { owners } = await ownersOf({ ...DYNAMIC, slackBytes: 512 });
    const [first] = [...buildVhd({ ...DYNAMIC, slackBytes: 512 }).bitmapOffsets.values()];
    const bitmap = first ?? 0;
    expect(owners.ownerOf(0)).toMatchObject({ structure: 'footerCopy', field: 'cookie' });
    expect(owners.ownerOf(49)).toMatchObject({
      structure: 'footerCopy',
      field: 'currentSize',
      offset: 48,
      length: 8,
    });
    expect(owners.ownerOf(512 + 33)).toMatchObject({ structure: 'dynamicHeader', field: 'blockSize' });
    expect(owners.ownerOf(1536 + 9)).toMatchObject({
      structure: 'bat',
      index: 2,
      field: 'entry2',
      offset: 1544,
    });
    expect(owners.ownerOf(1536 + 400)).toMatchObject({
      structure: 'bat',
      index: null,
      label: 'BAT: padding',
    });
    expect(owners.ownerOf(bitmap - 1)).toMatchObject({ structure: 'gap', label: 'Belongs to nothing' });
    expect(owners.ownerOf(bitmap)).toMatchObject({ structure: 'sectorBitmap', index: 0, guestOffset: null });
    expect(owners.ownerOf(bitmap + 512)).toMatchObject({ structure: 'block', index: 0, guestOffset: 0 });
  });

  it('counts guest offsets from the start of a span', async () => {
    const { owners } = await ownersOf(DYNAMIC);
    const data = buildVhd(DYNAMIC).dataOffset(2);
    expect(owners.spans(data + 1000, 10)).toMatchObject([
      { structure: 'block', index: 2, guestOffset: 4 * MIB + 1000, length: 10 },
    ]);
    const { owners: fixed } = await ownersOf(FIXED);
    expect(fixed.spans(12345, 5)).toMatchObject([{ structure: 'block', guestOffset: 12345, length: 5 }]);
  });
});
