import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImage } from '../../../src-main/engine/check';
import { readMetadata } from '../../../src-main/engine/disk/metadata';
import { writeGpt } from '../../support/partition-builder';
import { useTempFolders } from '../../support/temp';
import { buildVhd, nextId, type BlockKnobs } from '../../support/vhd-builder';
import { MIB, NOW_SECONDS } from './rule-case';

const folders = useTempFolders();
const disk = Buffer.alloc(8 * MIB);
writeGpt(disk, [{ startSector: 2048, sectors: 4096 }]);
const blockAt = (index: number): BlockKnobs => ({
  index,
  data: disk.subarray(index * 2 * MIB, (index + 1) * 2 * MIB),
});

/** Codes that a deep check finds about the content of a child that holds `blocks` over a parent with a GPT. */
async function contentCodes(blocks: readonly BlockKnobs[], hasParent = true): Promise<string[]> {
  const folder = folders('content');
  const parentId = nextId();
  if (hasParent)
    buildVhd({
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [blockAt(0), blockAt(3)],
      footer: { uniqueId: parentId },
    }).writeTo(path.join(folder, 'parent.vhd'));
  const child = path.join(folder, 'child.vhd');
  buildVhd({
    type: 'differencing',
    sizeBytes: 8 * MIB,
    header: { parentId, parentName: 'parent.vhd' },
    locators: [{ platform: 'W2ru', data: '.\\parent.vhd' }],
    blocks,
  }).writeTo(child);
  const { findings } = await checkImage(child, { deep: true, nowSeconds: NOW_SECONDS });
  return findings.map(({ code }) => code).filter((code) => /gpt|content/.test(code));
}

describe('the content of a child', () => {
  it('is what its parent shows through it', async () => {
    expect(await contentCodes([])).toEqual([]);
  });

  it('is found damaged where the child itself hides the backup of the table', async () => {
    expect(await contentCodes([{ index: 3, data: 0x55 }])).toEqual(['gpt-backup-missing']);
  });

  it('is not judged without the parent', async () => {
    expect(await contentCodes([{ index: 3, data: 0x55 }, blockAt(0)], false)).toEqual([]);
  });
});

describe('content in a damaged place', () => {
  it('is not judged: that the block lies behind the end of the file is what is wrong', async () => {
    const file = await buildVhd({
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [blockAt(0), blockAt(3)],
      batOverrides: { 3: 1_000_000 },
    }).file();
    const { findings } = await checkImage(
      { file, metadata: await readMetadata(file) },
      { deep: true, nowSeconds: NOW_SECONDS },
    );
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain('bat-entry-outside');
    expect(codes.filter((code) => /gpt|content/.test(code))).toEqual([]);
  });
});
