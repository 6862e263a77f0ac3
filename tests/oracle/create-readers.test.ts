import { statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createImage } from '../../src-main/engine';
import { contentByQemu, describeOracle } from '../support/oracle';
import { makeTempFolder, removeTempFolder } from '../support/temp';
import { qemuSize, sevenZipSize, vhdiSize } from './ops-support';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const folder = makeTempFolder('create');
const at = (name: string): string => path.join(folder, name);
afterAll(() => removeTempFolder(folder));

interface Case {
  readonly name: string;
  readonly type: 'fixed' | 'dynamic';
  readonly sizeBytes: number;
  readonly blockSizeBytes?: number;
}

const CASES: readonly Case[] = [
  { name: 'fixed 3 MiB', type: 'fixed', sizeBytes: 3 * MIB },
  { name: 'fixed 40 MiB', type: 'fixed', sizeBytes: 40 * MIB },
  { name: 'fixed of one sector more', type: 'fixed', sizeBytes: 40 * MIB + 512 },
  { name: 'dynamic 40 MiB', type: 'dynamic', sizeBytes: 40 * MIB },
  { name: 'dynamic with an odd end', type: 'dynamic', sizeBytes: 41 * MIB + 512 },
  { name: 'dynamic 64 KiB blocks', type: 'dynamic', sizeBytes: 40 * MIB, blockSizeBytes: 64 * KIB },
  { name: 'dynamic 512 KiB blocks', type: 'dynamic', sizeBytes: 1 * GIB, blockSizeBytes: 512 * KIB },
  { name: 'dynamic 16 MiB blocks', type: 'dynamic', sizeBytes: 1 * GIB, blockSizeBytes: 16 * MIB },
  { name: 'dynamic 127 GiB', type: 'dynamic', sizeBytes: 127 * GIB },
  { name: 'dynamic 2040 GiB', type: 'dynamic', sizeBytes: 2040 * GIB },
];

const files = new Map<string, Promise<string>>();
function make(one: Case): Promise<string> {
  const made =
    files.get(one.name) ?? createImage({ ...one, path: at(`${one.name}.vhd`) }).then((result) => result.path);
  files.set(one.name, made);
  return made;
}

describeOracle(['qemu-img'], 'created images in qemu-img', () => {
  it.each(CASES)('$name has the size asked for', async (one) => {
    const file = await make(one);
    expect(qemuSize(file)).toBe(one.sizeBytes);
  });

  it.each(CASES.filter((one) => one.sizeBytes < GIB))('$name reads as zeros, all of it', async (one) => {
    const content = contentByQemu(await make(one), folder);
    expect(content.length).toBe(one.sizeBytes);
    expect(content.every((byte) => byte === 0)).toBe(true);
  });
});

describeOracle(['vhdiinfo'], 'created images in vhdiinfo', () => {
  it.each(CASES)('$name has the size asked for', async (one) => {
    expect(vhdiSize(await make(one))).toBe(one.sizeBytes);
  });
});

describeOracle(['7z'], 'created images in 7-Zip', () => {
  it.each(CASES.filter((one) => one.sizeBytes <= GIB))(
    '$name tests clean at the size asked for',
    async (one) => {
      expect(sevenZipSize(await make(one))).toBe(one.sizeBytes);
    },
  );
});

describe('the file of a created image', () => {
  it('is a hole where a fixed disk is sparse, and takes space where it is full', async () => {
    const sparse = await createImage({ path: at('sparse.vhd'), type: 'fixed', sizeBytes: 8 * MIB });
    const full = await createImage({
      path: at('full.vhd'),
      type: 'fixed',
      sizeBytes: 8 * MIB,
      allocate: 'full',
    });
    expect(statSync(sparse.path).size).toBe(8 * MIB + 512);
    expect(statSync(full.path).size).toBe(8 * MIB + 512);
    expect(statSync(full.path).blocks * 512).toBeGreaterThanOrEqual(8 * MIB);
    expect(statSync(sparse.path).blocks).toBeLessThanOrEqual(statSync(full.path).blocks);
  });
});
