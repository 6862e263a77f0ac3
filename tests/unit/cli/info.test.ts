import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImageInfo } from '../../../src-shared/model';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;

async function infoOf(knobs: VhdKnobs): Promise<ImageInfo> {
  const image = buildVhd(knobs).writeTo(path.join(makeFolder(), 'disk.vhd'));
  const result = await runCli(['info', image, '--json']);
  expect(result.stderr).toBe('');
  expect(result.exitCode).toBe(0);
  return result.json<ImageInfo>();
}

const FIELDS = [
  'path format type virtualSizeBytes originalSizeBytes geometry features hidden savedState creator uniqueId',
  'createdAt sizesByReader fileSizeBytes diskUsageBytes blockSizeBytes headerOffset batOffset maxTableEntries',
  'alignmentBytes blocks batmap checksums parent health findings',
]
  .join(' ')
  .split(' ');

describe('info --json', () => {
  it('has every field of its schema, null where there is nothing', async () => {
    for (const type of ['fixed', 'dynamic'] as const) {
      const info = await infoOf({ type, sizeBytes: 4 * MIB });
      expect(Object.keys(info).sort()).toEqual([...FIELDS].sort());
    }
  });

  it('gives the facts of a dynamic disk', async () => {
    const info = await infoOf({
      type: 'dynamic',
      sizeBytes: 10 * MIB,
      blocks: [{ index: 0 }, { index: 3 }],
      footer: { creator: 'tap\0', creatorVersion: 0x0001_0003, hostOs: '\0\0\0\0', timestamp: 0 },
    });
    expect(info).toMatchObject({
      type: 'dynamic',
      virtualSizeBytes: 10 * MIB,
      blockSizeBytes: 2 * MIB,
      headerOffset: 512,
      batOffset: 1536,
      maxTableEntries: 5,
      blocks: { total: 5, allocated: 2 },
      creator: { application: 'tap', versionMajor: 1, versionMinor: 3, hostOs: '' },
      createdAt: '2000-01-01T00:00:00Z',
      parent: null,
      batmap: null,
    });
    expect(info.checksums.footer?.stored).toMatch(/^0x[0-9a-f]{8}$/);
    expect(info.checksums).toMatchObject({
      footer: { valid: true },
      footerCopy: { valid: true },
      dynamicHeader: { valid: true },
    });
  });

  it('tells on which power of two the data of all blocks lies', async () => {
    const at = (gaps: number[]): Promise<ImageInfo> =>
      infoOf({
        type: 'dynamic',
        sizeBytes: 10 * MIB,
        blocks: gaps.map((gapBytes, index) => ({ index, gapBytes })),
      });
    expect((await at([])).alignmentBytes).toBeNull();
    // Copy, header, BAT: 2048 bytes; then bitmap sectors. Data of the first block at 2048 + gap + 512.
    expect((await at([4096 - 2048 - 512])).alignmentBytes).toBe(4096);
    expect((await at([4096 - 2048 - 512, 0])).alignmentBytes).toBe(512);
    expect((await at([MIB - 2048 - 512])).alignmentBytes).toBe(MIB);
    expect((await at([2 * MIB - 2048 - 512])).alignmentBytes).toBe(MIB);
  });

  it('shows the size as each reader sees it', async () => {
    const info = await infoOf({ type: 'fixed', sizeBytes: 10 * MIB, footer: { creator: 'vbox' } });
    const { sizesByReader } = info;
    expect(sizesByReader?.currentSize).toBe(10 * MIB);
    expect(sizesByReader?.qemuFrom10).toBe(10 * MIB);
    expect(sizesByReader?.qemuUpTo9).toBe(sizesByReader?.chs);
    expect(sizesByReader?.chs).toBeLessThan(10 * MIB);
  });

  it('tells flags apart from left-over reserved bytes', async () => {
    const footer = { savedState: 1, hidden: 1, features: 3 };
    expect(await infoOf({ type: 'fixed', sizeBytes: MIB, footer })).toMatchObject({
      hidden: true,
      savedState: true,
      features: 3,
    });
    const reserved = new Uint8Array(20).fill(0x41);
    expect(await infoOf({ type: 'fixed', sizeBytes: MIB, footer: { reserved } })).toMatchObject({
      hidden: false,
    });
  });

  it('shows a batmap, and whether its checksum is right', async () => {
    const knobs = { type: 'dynamic', sizeBytes: 4 * MIB, blocks: [{ index: 0 }] } as const;
    expect((await infoOf({ ...knobs, batmap: 'valid' })).batmap?.valid).toBe(true);
    expect((await infoOf({ ...knobs, batmap: 'invalid' })).batmap?.valid).toBe(false);
  });

  it('still gives the facts of images that are damaged', async () => {
    const wrongSum = await infoOf({ type: 'fixed', sizeBytes: MIB, footer: { checksum: 0x1234 } });
    expect(wrongSum.virtualSizeBytes).toBe(MIB);
    expect(wrongSum.checksums.footer).toMatchObject({ stored: '0x00001234', valid: false });
    expect(wrongSum.health.errors).toBeGreaterThan(0);

    const noFooter = await infoOf({ type: 'dynamic', sizeBytes: MIB, footerForm: 'absent' });
    expect(noFooter.checksums.footer).toBeNull();
    expect(noFooter.checksums.footerCopy?.valid).toBe(true);
    expect(noFooter.virtualSizeBytes).toBe(MIB);

    const onlyHeader = await infoOf({
      type: 'dynamic',
      sizeBytes: 4 * MIB,
      footerForm: 'absent',
      footerCopy: null,
    });
    expect(onlyHeader).toMatchObject({ type: null, virtualSizeBytes: null, uniqueId: null });
    expect(onlyHeader.blockSizeBytes).toBe(2 * MIB);

    const odd = await infoOf({
      type: 'dynamic',
      sizeBytes: MIB,
      footer: { diskType: 7, currentSize: 1n << 60n },
    });
    expect(odd).toMatchObject({ type: null, virtualSizeBytes: null, sizesByReader: null });

    const lying = await infoOf({ type: 'dynamic', sizeBytes: MIB, header: { maxTableEntries: 0xffff_ffff } });
    expect(lying.maxTableEntries).toBe(0xffff_ffff);
  });

  it('refuses with exit 3 only where there is neither a footer nor a header', async () => {
    const file = path.join(makeFolder(), 'noise.vhd');
    fs.writeFileSync(file, Buffer.alloc(4096, 0xa7));
    const result = await runCli(['info', file, '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error.code).toBe('no-metadata');
  });
});

describe('info of a child', () => {
  const parentId = '11111111-2222-4333-8444-555555555555';
  const childKnobs: VhdKnobs = {
    type: 'differencing',
    sizeBytes: 4 * MIB,
    header: { parentId, parentName: 'base.vhd', parentTimestamp: 800_000_000 },
    locators: [
      { platform: 'W2ku', data: 'C:\\vm\\base.vhd' },
      { platform: 'W2ru', data: '.\\base.vhd' },
    ],
  };

  async function childInfo(folder: string): Promise<ImageInfo> {
    const child = buildVhd(childKnobs).writeTo(path.join(folder, 'child.vhd'));
    return (await runCli(['info', child, '--json'])).json<ImageInfo>();
  }

  it('shows what it says of its parent, and that it is missing', async () => {
    const { parent, type } = await childInfo(makeFolder());
    expect(type).toBe('differencing');
    expect(parent).toMatchObject({
      uniqueId: parentId,
      name: 'base.vhd',
      timestamp: '2025-05-08T06:13:20Z',
      resolvedPath: null,
      identity: 'missing',
    });
    expect(parent?.locators).toEqual([
      { platform: 'W2ku', path: 'C:\\vm\\base.vhd' },
      { platform: 'W2ru', path: '.\\base.vhd' },
    ]);
  });

  it('finds the parent beside it and proves it by its unique id', async () => {
    const folder = makeFolder();
    const base = buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB, footer: { uniqueId: parentId } }).writeTo(
      path.join(folder, 'base.vhd'),
    );
    expect((await childInfo(folder)).parent).toMatchObject({ resolvedPath: base, identity: 'proven' });
  });

  it('does not take another image of the same name for the parent', async () => {
    const folder = makeFolder();
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(path.join(folder, 'base.vhd'));
    expect((await childInfo(folder)).parent).toMatchObject({ identity: 'mismatch' });
  });
});

describe('info as text', () => {
  it('shows sizes both ways and says what is wrong in words', async () => {
    const image = buildVhd({ type: 'fixed', sizeBytes: 40 * MIB, footer: { checksum: 1 } }).writeTo(
      path.join(makeFolder(), 'disk.vhd'),
    );
    const { exitCode, stdout } = await runCli(['info', image]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('40 MiB (41,943,040 bytes)');
    expect(stdout).toMatch(/Checksums\s+footer wrong \(0x00000001, must be 0x[0-9a-f]{8}\)/);
    expect(stdout).toContain('What to do:');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});
