import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertImage, type ConvertInput } from '../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../support/ops-content';
import { contentBy7z, contentByQemu, describeOracle, mustRun } from '../support/oracle';
import { makeTempFolder, removeTempFolder, writeSparseFile } from '../support/temp';
import { buildVhd } from '../support/vhd-builder';
import { qemuSize, sevenZipSize, vhdiSize } from './ops-support';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZE = 9 * MIB + 3 * 512;
const folder = makeTempFolder('convert');
const at = (name: string): string => path.join(folder, name);
afterAll(() => removeTempFolder(folder));

const content = patchyContent(SIZE, 7);
const newer = patchyContent(SIZE, 99);
const isChanged = (sector: number): boolean => sector % 7 === 0 || (sector > 5000 && sector < 5900);
const shown = overlaid(content, newer, isChanged);

/** Equality of large contents without a megabyte of difference in the report. */
const digest = (bytes: Buffer): string =>
  `${bytes.length}:${createHash('sha256').update(bytes).digest('hex')}`;

beforeAll(() => {
  writeSparseFile(at('raw.img'), content);
  buildVhd({ type: 'fixed', sizeBytes: SIZE, data: content }).writeTo(at('fixed.vhd'));
  buildDynamicOf(content, 512 * KIB).writeTo(at('dynamic.vhd'));
  const base = buildDynamicOf(content, 2 * MIB);
  base.writeTo(at('base.vhd'));
  buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
});

interface Source {
  readonly name: string;
  readonly file: string;
  readonly format?: 'raw';
  readonly expected: Buffer;
}
const SOURCES: readonly Source[] = [
  { name: 'raw', file: 'raw.img', format: 'raw', expected: content },
  { name: 'fixed', file: 'fixed.vhd', expected: content },
  { name: 'dynamic', file: 'dynamic.vhd', expected: content },
  { name: 'differencing chain', file: 'child.vhd', expected: shown },
];
const TARGETS: readonly (Pick<ConvertInput, 'to' | 'blockSizeBytes'> & { readonly label: string })[] = [
  { label: 'raw', to: 'raw' },
  { label: 'fixed', to: 'fixed' },
  { label: 'dynamic', to: 'dynamic' },
  { label: 'dynamic of 4 KiB blocks', to: 'dynamic', blockSizeBytes: 4 * KIB },
  { label: 'dynamic of 64 KiB blocks', to: 'dynamic', blockSizeBytes: 64 * KIB },
  { label: 'dynamic of 512 KiB blocks', to: 'dynamic', blockSizeBytes: 512 * KIB },
  { label: 'dynamic of 2 MiB blocks', to: 'dynamic', blockSizeBytes: 2 * MIB },
  { label: 'dynamic of 16 MiB blocks', to: 'dynamic', blockSizeBytes: 16 * MIB },
];

describeOracle(['qemu-img', '7z', 'vhdiinfo'], 'convert, read back by qemu-img and 7-Zip', () => {
  describe.each(SOURCES)('from $name', ({ file, format, expected }) => {
    it.each(TARGETS)('to $label: the same bytes for every reader', async ({ to, blockSizeBytes, label }) => {
      const target = at(`${file}-${label.replaceAll(' ', '-')}`);
      const result = await convertImage({ source: { path: at(file), format }, target, to, blockSizeBytes });
      expect(result).toMatchObject({
        verified: true,
        virtualSizeBytes: SIZE,
        fileSizeBytes: fs.statSync(target).size,
      });
      if (to === 'raw') {
        expect(digest(fs.readFileSync(target))).toBe(digest(expected));
      } else {
        expect(qemuSize(target)).toBe(SIZE);
        expect(vhdiSize(target)).toBe(SIZE);
        expect(sevenZipSize(target)).toBe(SIZE);
        expect(digest(contentBy7z(target))).toBe(digest(expected));
        expect(digest(contentByQemu(target, folder))).toBe(digest(expected));
      }
      fs.rmSync(target);
    });
  });

  it('reads what qemu-img made', async () => {
    for (const subformat of ['dynamic', 'fixed']) {
      const made = at(`qemu-${subformat}.vhd`);
      mustRun('qemu-img', [
        'convert',
        '-O',
        'vpc',
        '-o',
        `subformat=${subformat},force_size=on`,
        '-f',
        'raw',
        at('raw.img'),
        made,
      ]);
      await convertImage({ source: { path: made }, target: at(`${subformat}.back`), to: 'raw' });
      const back = fs.readFileSync(at(`${subformat}.back`));
      expect(digest(back.subarray(0, SIZE))).toBe(digest(content));
    }
  });

  it('keeps a universal size alike for the old rule, the current size and Azure', async () => {
    writeSparseFile(at('small.img'), content.subarray(0, 5 * MIB));
    const target = at('universal.vhd');
    await convertImage({
      source: { path: at('small.img'), format: 'raw' },
      target,
      to: 'dynamic',
      sizeRule: 'universal',
      creatorApplication: 'vpc',
    });
    expect(qemuSize(target)).toBe(17 * MIB);
    expect(vhdiSize(target)).toBe(17 * MIB);
  });
});
