import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeAzureImage, preflightAzure } from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { useTestFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const MIB = 1024 * 1024;
const at = useTestFolder('azure');
describe('makeAzureImage', () => {
  it('makes a chain fixed, whole MiB and at least 20 MiB, and says what it changed', async () => {
    const sizeBytes = 5 * MIB + 512;
    const [older, newer] = [patchyContent(sizeBytes, 1), patchyContent(sizeBytes, 2)];
    const isChanged = (sector: number): boolean => sector % 3 === 0;
    const base = buildDynamicOf(older, 2 * MIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', newer, isChanged, 2 * MIB).writeTo(at('child.vhd'));
    const result = await makeAzureImage({ source: { path: at('child.vhd') }, target: at('azure.vhd') });
    expect(result).toMatchObject({
      virtualSizeBytes: 20 * MIB,
      fileSizeBytes: 20 * MIB + 512,
      verified: true,
    });
    expect(result.changed.join('\n')).toMatch(
      /2 images became one[^]*differencing and is fixed[^]*20 MiB and a footer of 512 bytes/,
    );
    const bytes = fs.readFileSync(at('azure.vhd'));
    expect(bytes.subarray(0, sizeBytes).equals(overlaid(older, newer, isChanged))).toBe(true);
    expect(bytes.readUInt32BE(bytes.length - 512 + 60)).toBe(2);
  });

  it('keeps a size that fits, and rounds one up that does not', async () => {
    for (const [sizeBytes, expected] of [
      [32 * MIB, 32 * MIB],
      [32 * MIB + 512, 33 * MIB],
    ] as const) {
      const source = { path: buildVhd({ type: 'dynamic', sizeBytes }).writeTo(at('s.vhd')) };
      const { predictedFileBytes } = await preflightAzure({ source, target: at('t.vhd') });
      expect(predictedFileBytes).toBe(expected + 512);
    }
  });

  it('refuses what is larger than Azure takes', async () => {
    const sizeBytes = 33 * 1024 * 1024 * MIB;
    fs.writeFileSync(at('s.img'), '');
    try {
      fs.truncateSync(at('s.img'), sizeBytes);
    } catch {
      // ext4 with 4 KiB blocks ends at 16 TiB: the same by a footer that claims it
      fs.writeFileSync(at('s.img'), buildVhd({ type: 'fixed', sizeBytes, dataAreaBytes: 0 }).bytes());
    }
    await expect(
      makeAzureImage({ source: { path: at('s.img') }, target: at('t.vhd') }),
    ).rejects.toMatchObject({ code: 'size-limit' });
  });
});
