/** What the check predicts of a split set must be what QEMU and 7-Zip do with the first piece, which is all they open. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkImage } from '../../src-main/engine';
import { describeOracle, runOracle } from '../support/oracle';
import { splitImage } from '../support/split-image';
import { useTempFolders } from '../support/temp';
import { buildVhd, patternBlock } from '../support/vhd-builder';

const MIB = 1024 * 1024;
const IMAGES = [
  ['a fixed disk', buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: patternBlock(1, 4 * MIB) })],
  [
    'a dynamic disk with blocks in later pieces',
    buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }, { index: 1 }, { index: 3 }] }),
  ],
  // as little as a sector of the footer is enough for a piece of its own
  ['a dynamic disk with nothing in it', buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB })],
] as const;

describeOracle(['qemu-img', '7z'], 'a split set', () => {
  const newFolder = useTempFolders();

  it.each(IMAGES)('%s', async (_, built) => {
    const folder = newFolder('split');
    const image = built.writeTo(path.join(folder, 'disk.vhd'));
    splitImage(image, 2);
    const { readers } = await checkImage(image);
    const qemu = runOracle('qemu-img', [
      'convert',
      '-f',
      'vpc',
      '-O',
      'raw',
      image,
      path.join(folder, 'q.raw'),
    ]);
    expect(readers['qemu-up-to-9'].verdict === 'refuses').toBe(qemu.status !== 0);
    const sevenZip = runOracle('7z', ['t', '-tVHD', image]);
    expect(readers['7-zip'].verdict === 'reads').toBe(sevenZip.status === 0);
    expect(readers['virtual-pc'].verdict).not.toBe('refuses');
    for (const [name, { why }] of Object.entries(readers))
      if (name !== 'virtual-pc') expect(why).toContain('"disk.vhd" alone');
    expect(fs.existsSync(path.join(folder, 'disk.v01'))).toBe(true);
  });

  it('as a parent is of no use to 7-Zip, as the check of the child says', async () => {
    const folder = newFolder('split');
    const parent = buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: patternBlock(1, 4 * MIB) });
    const child = buildVhd({
      type: 'differencing',
      sizeBytes: 4 * MIB,
      header: { parentId: parent.uniqueId, parentName: 'disk.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\disk.vhd' }],
    }).writeTo(path.join(folder, 'child.vhd'));
    const image = parent.writeTo(path.join(folder, 'disk.vhd'));
    expect((await checkImage(child)).readers['7-zip'].verdict).toBe('reads');
    expect(runOracle('7z', ['t', '-tVHD', child]).status).toBe(0);
    splitImage(image, 2);
    expect((await checkImage(child)).readers['7-zip'].verdict).toBe('refuses');
    expect(runOracle('7z', ['t', '-tVHD', child]).status).not.toBe(0);
  });
});
