import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { compactImage, makeAzureImage, mergeImage, resizeImage } from '../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../support/ops-content';
import { contentBy7z, contentByQemu, describeOracle, mustRun } from '../support/oracle';
import { useTestFolder, writeSparseFile } from '../support/temp';
import { qemuSize, sevenZipSize, vhdiSize } from './ops-support';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Eight times the BAT that the image begins with. */
const LARGE = 64 * MIB;
const SIZE = 6 * MIB;
const at = useTestFolder('ops');
const history = { historyFolder: '' };
beforeEach(() => {
  history.historyFolder = at('history');
});
const digest = (bytes: Buffer): string =>
  `${bytes.length}:${createHash('sha256').update(bytes).digest('hex')}`;
const content = patchyContent(SIZE, 41);
const newer = patchyContent(SIZE, 42);
const isChanged = (sector: number): boolean => sector % 6 === 1 || (sector > 3000 && sector < 4100);

/** All three readers see this size, and those that give content see this. */
function expectReaders(file: string, sizeBytes: number, expected: Buffer, vhdiSizeBytes = sizeBytes): void {
  expect([qemuSize(file), vhdiSize(file), sevenZipSize(file)]).toEqual([sizeBytes, vhdiSizeBytes, sizeBytes]);
  const padded = Buffer.concat([expected, Buffer.alloc(sizeBytes - expected.length)]);
  expect(digest(contentBy7z(file))).toBe(digest(padded));
  expect(digest(contentByQemu(file, at()))).toBe(digest(padded));
}

describeOracle(
  ['qemu-img', '7z', 'vhdiinfo'],
  'images after a verb, read by qemu-img, 7-Zip and vhdiinfo',
  () => {
    it.each(['dynamic', 'fixed'])('an image of qemu-img, grown where it lies (%s)', async (subformat) => {
      writeSparseFile(at('raw'), content);
      mustRun('qemu-img', [
        'convert',
        '-f',
        'raw',
        '-O',
        'vpc',
        '-o',
        `subformat=${subformat},force_size=on`,
        at('raw'),
        at('q.vhd'),
      ]);
      await resizeImage({ image: { path: at('q.vhd') }, sizeBytes: 40 * MIB, history });
      // vhdiinfo takes the original size, which growing keeps as VirtualBox and vhd-util do
      expectReaders(at('q.vhd'), 40 * MIB, content, SIZE);
    });

    it('a dynamic image whose BAT outgrew its place', async () => {
      buildDynamicOf(content, 64 * KIB).writeTo(at('d.vhd'));
      await resizeImage({ image: { path: at('d.vhd') }, sizeBytes: LARGE, history });
      expect([qemuSize(at('d.vhd')), sevenZipSize(at('d.vhd'))]).toEqual([LARGE, LARGE]);
      const shown = contentBy7z(at('d.vhd'));
      expect(digest(shown.subarray(0, SIZE))).toBe(digest(content));
      expect(shown.subarray(SIZE).equals(Buffer.alloc(LARGE - SIZE))).toBe(true);
    });

    it('a shrunk one', async () => {
      buildDynamicOf(Buffer.concat([content, Buffer.alloc(30 * MIB)]), 2 * MIB).writeTo(at('d.vhd'));
      await resizeImage({ image: { path: at('d.vhd') }, sizeBytes: 8 * MIB, shrink: true, history });
      expectReaders(at('d.vhd'), 8 * MIB, content);
    });

    it.each([false, true])('a merged one (into a new file: %s)', async (isNew) => {
      const base = buildDynamicOf(content, 2 * MIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
      const target = isNew ? at('merged.vhd') : undefined;
      const before = digest(contentBy7z(at('child.vhd')));
      const { path: merged } = await mergeImage({ child: { path: at('child.vhd') }, target });
      const expected = overlaid(content, newer, isChanged);
      expect(before).toBe(digest(expected));
      expectReaders(merged, SIZE, expected);
    });

    it.each([
      ['in place', false, false],
      ['in place, realigned', false, true],
      ['into a new file', true, false],
    ])('a compacted one (%s)', async (_, isNew, realign) => {
      const cleared = Buffer.from(content);
      buildDynamicOf(content, 64 * KIB).writeTo(at('d.vhd'));
      cleared.fill(0, MIB, 3 * MIB);
      const offset = MIB / 512;
      mustRun('qemu-io', ['-f', 'vpc', '-c', `write -z ${offset * 512} 2M`, at('d.vhd')]);
      const target = isNew ? at('new.vhd') : undefined;
      const result = await compactImage({ image: { path: at('d.vhd') }, target, realign, history });
      expect(result.fileSizeBytes).toBeLessThan(result.fileSizeBeforeBytes ?? 0);
      expectReaders(result.path, SIZE, cleared);
    });

    it('a child that was compacted still finds its parent', async () => {
      const base = buildDynamicOf(content, 2 * MIB);
      base.writeTo(at('base.vhd'));
      buildChildOf(base, 'base.vhd', newer, isChanged, 64 * KIB).writeTo(at('child.vhd'));
      await compactImage({ image: { path: at('child.vhd') }, target: at('new.vhd') });
      expect(digest(contentBy7z(at('new.vhd')))).toBe(digest(overlaid(content, newer, isChanged)));
    });

    it('one made for Azure', async () => {
      buildDynamicOf(content, 2 * MIB).writeTo(at('d.vhd'));
      await makeAzureImage({ source: { path: at('d.vhd') }, target: at('azure.vhd') });
      expectReaders(at('azure.vhd'), 20 * MIB, content);
      expect(fs.statSync(at('azure.vhd')).size).toBe(20 * MIB + 512);
    });
  },
);
