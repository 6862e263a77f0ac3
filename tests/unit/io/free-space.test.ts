import fs from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { macLimits, volumeFacts, windowsLimits } from '../../../src-main/engine/io/free-space';
import { useTempFolders } from '../../support/temp';

const GIB = 2 ** 30;
const folder = useTempFolders();
afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets statfs(2) answer with this file system. */
function pretendVolume(type: number, freeBytes: number): void {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
  const stats = { type, bsize: 4096, bavail: freeBytes / 4096 };
  const statfs = (_path: string, done: (error: Error | null, stats: unknown) => void): void =>
    done(null, stats);
  vi.spyOn(fs, 'statfs').mockImplementation(statfs as never);
}

describe('what is known of a volume', () => {
  it.runIf('statfs' in fs)('has the bytes that are free there', async () => {
    const facts = await volumeFacts(folder());
    expect(facts.freeBytes).toBeGreaterThan(0);
  });

  it('is nothing where the folder does not exist', async () => {
    expect((await volumeFacts('/no/such/folder')).freeBytes).toBeNull();
  });

  it.each([
    [0x4d44, 'FAT32', 4 * GIB - 1, false],
    [0x2011bab0, 'exFAT', null, false],
    [0xef53, 'ext4', 2 ** 44 - 4096, true],
    [0x1234567, null, null, null],
  ])('has the limits of the file system 0x%s', async (type, name, maxFileBytes, sparseFiles) => {
    pretendVolume(type, GIB);
    expect(await volumeFacts(folder())).toEqual({ freeBytes: GIB, name, maxFileBytes, sparseFiles });
  });

  it('has the limits that Windows names', () => {
    const limits = (fileSystem: string, flags: number) => windowsLimits({ fileSystem, flags });
    expect(limits('FAT32', 0)).toEqual({ name: 'FAT32', maxFileBytes: 4 * GIB - 1, sparseFiles: false });
    expect(limits('exFAT', 0)).toMatchObject({ maxFileBytes: null, sparseFiles: false });
    expect(limits('NTFS', 0x03e706ff)).toMatchObject({ name: 'NTFS', maxFileBytes: null, sparseFiles: true });
    expect(limits('CDFS', 0)).toMatchObject({ sparseFiles: false });
    expect(windowsLimits(null)).toEqual({ name: null, maxFileBytes: null, sparseFiles: null });
  });

  it('has the limit of FAT on macOS, which says how many bits a size has', () => {
    const koffiWith = (bits: number) => ({
      load: () => ({ func: () => (_path: string, name: number) => (name === 18 ? bits : -1) }),
      errno: () => 0,
    });
    expect(macLimits(koffiWith(33), '/Volumes/STICK')).toMatchObject({ maxFileBytes: 4 * GIB - 1 });
    expect(macLimits(koffiWith(64), '/')).toMatchObject({ maxFileBytes: null, sparseFiles: null });
    expect(macLimits(koffiWith(-1), '/')).toMatchObject({ maxFileBytes: null });
    expect(macLimits(null, '/')).toMatchObject({ maxFileBytes: null });
  });
});
