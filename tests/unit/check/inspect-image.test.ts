import { describe, expect, it } from 'vitest';
import { checkImage, inspectImage, type InspectOptions } from '../../../src-main/engine/check';
import { readMetadata } from '../../../src-main/engine/disk/metadata';
import type { InspectedField, InspectedStructure } from '../../../src-shared/model/inspect';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';
import { CHILD, DYNAMIC, FIXED, NOW_SECONDS, PARENT_ID } from './rule-case';

async function inspect(
  image: VhdKnobs,
  options: InspectOptions = {},
): Promise<readonly InspectedStructure[]> {
  const file = await buildVhd(image).file();
  const metadata = await readMetadata(file);
  const { findings } = await checkImage({ file, metadata }, { nowSeconds: NOW_SECONDS });
  return (await inspectImage(file, metadata, findings, options)).structures;
}

async function field(
  image: VhdKnobs,
  structure: InspectOptions['structure'],
  name: string,
  index?: number,
): Promise<InspectedField> {
  const [found] = await inspect(image, { structure, index });
  const one = found?.fields.find((candidate) => candidate.name === name);
  if (!one) throw new Error(`no field ${name}`);
  return one;
}

describe('inspectImage', () => {
  it('names every byte of footer, copy and header, without a gap', async () => {
    for (const structure of ['footer', 'footerCopy', 'dynamicHeader'] as const) {
      const [one] = await inspect(DYNAMIC, { structure });
      let position = one?.offset ?? -1;
      for (const { offset, length } of one?.fields ?? []) {
        expect(offset).toBe(position);
        position += length;
      }
      expect(position).toBe((one?.offset ?? 0) + (one?.length ?? 0));
      expect(one?.present).toBe(true);
    }
  });

  it('has nothing against a field of a healthy image', async () => {
    for (const image of [FIXED, DYNAMIC, CHILD]) {
      const verdicts = (await inspect(image)).flatMap(({ fields }) => fields.map(({ verdict }) => verdict));
      expect(verdicts.filter((verdict) => verdict === 'wrong' || verdict === 'unusual')).toEqual([]);
    }
  });

  it('gives offset, raw bytes, value, reason and meaning', async () => {
    expect(await field(FIXED, 'footer', 'currentSize')).toMatchObject({
      offset: 4 * 1024 * 1024 + 48,
      length: 8,
      raw: '0000000000400000',
      value: '4 MiB (4,194,304 bytes)',
      verdict: 'right',
      section: 'Hard Disk Footer Format',
    });
    expect(await field(FIXED, 'footer', 'creatorApplication')).toMatchObject({
      raw: '77696e20',
      value: 'win (Windows or Hyper-V)',
      editable: true,
    });
  });

  it('takes its verdict from the finding about the field, word for word', async () => {
    const image = { ...FIXED, footer: { checksum: 5, uniqueId: PARENT_ID } };
    const file = await buildVhd(image).file();
    const { findings } = await checkImage(
      { file, metadata: await readMetadata(file) },
      { nowSeconds: NOW_SECONDS },
    );
    const checksum = await field(image, 'footer', 'checksum');
    expect(checksum.verdict).toBe('wrong');
    expect(checksum.value).toBe('0x00000005');
    expect(checksum.reason).toBe(findings.find(({ code }) => code === 'footer-checksum')?.detail);
  });

  it('calls a note unusual, and holds the copy to what holds for the equal footer', async () => {
    const image = { ...DYNAMIC, footer: { savedState: 1 } };
    expect((await field(image, 'footer', 'savedState')).verdict).toBe('unusual');
    expect((await field(image, 'footerCopy', 'savedState')).verdict).toBe('unusual');
  });

  it('does not blame the footer for what is wrong with the copy', async () => {
    const image = { ...DYNAMIC, footerCopy: { checksum: 1 } };
    expect((await field(image, 'footerCopy', 'checksum')).verdict).toBe('wrong');
    expect((await field(image, 'footer', 'checksum')).verdict).toBe('right');
  });

  it('says where pointers lead', async () => {
    expect((await field(DYNAMIC, 'footer', 'dataOffset')).target).toBe(512);
    expect((await field(DYNAMIC, 'dynamicHeader', 'tableOffset')).target).toBe(1536);
    const entry = await field(DYNAMIC, 'bat', 'entry2', 2);
    expect(entry.target).toBe(buildVhd(DYNAMIC).bitmapOffsets.get(2));
  });

  it('shows one BAT entry, free, sound or wrong', async () => {
    const image = { ...DYNAMIC, batOverrides: { 3: 0 } };
    expect((await field(image, 'bat', 'entry0', 0)).verdict).toBe('right');
    expect((await field(image, 'bat', 'entry1', 1)).verdict).toBe('unused');
    expect(await field(image, 'bat', 'entry3', 3)).toMatchObject({
      verdict: 'wrong',
      reason: expect.stringMatching(/metadata/) as string,
    });
    await expect(inspect(image, { structure: 'bat', index: 4 })).rejects.toMatchObject({ code: 'bad-value' });
  });

  it('shows the runs of a sector bitmap', async () => {
    const [bitmap] = await inspect(CHILD, { structure: 'sectorBitmap', index: 1 });
    expect(bitmap?.fields.map(({ title, value }) => `${title}: ${value}`)).toEqual([
      'Sectors marked: 3 of 4,096',
      'Sectors 0 to 2: stored here',
      'Sectors 3 to 4,095: not stored here',
    ]);
    const [absent] = await inspect(CHILD, { structure: 'sectorBitmap', index: 0 });
    expect(absent?.present).toBe(false);
  });

  it('shows a locator with the path it holds', async () => {
    const [locator] = await inspect(CHILD, { structure: 'parentLocator', index: 0 });
    expect(locator?.fields.find(({ name }) => name === 'path')?.value).toBe('.\\parent.vhd');
    const all = await inspect(CHILD, { structure: 'parentLocator' });
    expect(all.map(({ index }) => index)).toEqual([0, 1]);
    await expect(inspect(CHILD, { structure: 'parentLocator', index: 8 })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });

  it('says what is not there', async () => {
    const [copy] = await inspect({ ...DYNAMIC, footerCopy: null }, { structure: 'footerCopy' });
    expect(copy).toMatchObject({ present: false, fields: [] });
    const [header] = await inspect(FIXED, { structure: 'dynamicHeader' });
    expect(header?.present).toBe(false);
  });
});
