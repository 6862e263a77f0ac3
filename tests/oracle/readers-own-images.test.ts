/** What Platter makes is without a finding, and every reader that can read such a disk does; qemu-img's work is sound too. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImage, createImage } from '../../src-main/engine';
import { describeOracle, mustRun } from '../support/oracle';
import { useTempFolders } from '../support/temp';

const MIB = 1024 * 1024;

describe('a new image of Platter', () => {
  const folders = useTempFolders();

  it.each([
    ['fixed', 252 * MIB, undefined],
    ['fixed', 21 * MIB, undefined],
    ['dynamic', 252 * MIB, undefined],
    ['dynamic', 40 * MIB, MIB / 2],
    ['dynamic', 2040 * 1024 * MIB, undefined],
  ] as const)('is clean: %s, %d bytes, blocks %s', async (type, sizeBytes, blockSizeBytes) => {
    const file = path.join(folders(), 'new.vhd');
    await createImage({ path: file, type, sizeBytes, blockSizeBytes });
    const report = await checkImage(file, { deep: true, chain: true });
    expect(report.findings).toEqual([]);
    for (const reader of ['qemu-up-to-9', 'qemu-from-10', 'hyper-v', 'virtualbox', '7-zip'] as const)
      expect(`${reader} ${report.readers[reader].verdict}`).toBe(`${reader} reads`);
    expect(report.readers.azure.verdict).toBe(type === 'fixed' ? 'reads' : 'refuses');
  });

  it('is read alike by all where the size is universal', async () => {
    const file = path.join(folders(), 'universal.vhd');
    await createImage({ path: file, type: 'fixed', sizeBytes: 252 * MIB });
    const { readers } = await checkImage(file);
    expect(Object.values(readers).map(({ verdict }) => verdict)).toEqual(Array(8).fill('reads'));
  });
});

describeOracle(['qemu-img'], 'a new image of qemu-img', () => {
  const folders = useTempFolders();

  it.each([
    ['subformat=dynamic', 'clean'],
    ['subformat=fixed', 'clean'],
    ['subformat=dynamic,force_size', 'clean'],
    ['subformat=fixed,force_size', 'clean'],
  ])('has neither error nor warning: %s', async (options, verdict) => {
    const file = path.join(folders(), 'qemu.vhd');
    mustRun('qemu-img', ['create', '-f', 'vpc', '-o', options, file, '40M']);
    expect((await checkImage(file, { deep: true })).verdict).toBe(verdict);
  });
});
