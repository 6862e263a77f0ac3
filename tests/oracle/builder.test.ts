import { expect, it } from 'vitest';
import { contentBy7z, contentByQemu, describeOracle } from '../support/oracle';
import { useTempFolders } from '../support/temp';
import { buildVhd, patternBlock } from '../support/vhd-builder';
import path from 'node:path';

describeOracle(['qemu-img', '7z'], 'images of the test builder', () => {
  const folder = useTempFolders();

  it('are read by qemu-img and 7-Zip as they were meant', () => {
    const dir = folder();
    const blockBytes = 64 * 1024;
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: 5 * blockBytes,
      blockSizeBytes: blockBytes,
      blocks: [{ index: 3 }, { index: 0, gapBytes: 1024 }],
    });
    const expected = new Uint8Array(5 * blockBytes);
    expected.set(patternBlock(0, blockBytes), 0);
    expected.set(patternBlock(3, blockBytes), 3 * blockBytes);
    const file = built.writeTo(path.join(dir, 'a.vhd'));
    expect(contentByQemu(file, dir).equals(expected)).toBe(true);
    expect(contentBy7z(file).equals(expected)).toBe(true);
  });

  it('form chains that 7-Zip follows', () => {
    const dir = folder();
    const blockBytes = 512 * 1024;
    const parent = buildVhd({
      type: 'fixed',
      sizeBytes: 2 * blockBytes,
      data: patternBlock(9, 2 * blockBytes),
    });
    parent.writeTo(path.join(dir, 'parent.vhd'));
    const child = buildVhd({
      type: 'differencing',
      sizeBytes: 2 * blockBytes,
      blockSizeBytes: blockBytes,
      header: { parentId: parent.uniqueId, parentName: 'parent.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\parent.vhd' }],
      blocks: [{ index: 1, bitmap: [0, 5], data: 0x43 }],
    });
    const expected = patternBlock(9, 2 * blockBytes);
    for (const sector of [0, 5]) {
      const at = blockBytes + sector * 512;
      expected.fill(0x43, at, at + 512);
    }
    expect(contentBy7z(child.writeTo(path.join(dir, 'child.vhd'))).equals(expected)).toBe(true);
  });
});
