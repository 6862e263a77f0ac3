import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NodeFile, OutputFile } from '../../../src-main/engine/io';
import { isHeld } from '../../../src-main/engine/io/lock';
import { nativeFs } from '../../../src-main/engine/io/native';
import { JournaledFile } from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const newFolder = useTempFolders();
afterEach(() => {
  vi.restoreAllMocks();
});

const partIn = (folder: string): string => {
  const name = fs.readdirSync(folder).find((one) => one.endsWith('.platter-part'));
  return path.join(folder, name ?? 'no part');
};
const refuse = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('a new file while it is written', () => {
  it.skipIf(nativeFs() === null)(
    'is locked until it has its name, so that nobody takes it for left over',
    async () => {
      const folder = newFolder();
      const output = await OutputFile.create(path.join(folder, 'out.vhd'));
      await output.file.writeAt(new Uint8Array(512).fill(1), 0);
      expect(await isHeld(partIn(folder))).toBe(true);
      await output.publish();
      expect(await isHeld(path.join(folder, 'out.vhd'))).toBe(false);
    },
  );

  it.each([
    ['with hard links', null],
    ['without hard links', 'EPERM'],
  ])('leaves nothing where its part was deleted, %s', async (_, code) => {
    const folder = newFolder();
    const output = await OutputFile.create(path.join(folder, 'out.vhd'));
    await output.file.writeAt(new Uint8Array(512).fill(1), 0);
    fs.rmSync(partIn(folder));
    if (code !== null) vi.spyOn(fsPromises, 'link').mockImplementation(refuse(code));
    await expect(output.publish()).rejects.toMatchObject({
      code: 'io-error',
      message: expect.stringContaining('was deleted before it was whole') as string,
    });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing where its name cannot be made to last', async () => {
    const folder = newFolder();
    const output = await OutputFile.create(path.join(folder, 'out.vhd'));
    vi.spyOn(fsPromises, 'open').mockImplementation(refuse('EIO'));
    await expect(output.publish()).rejects.toMatchObject({ code: 'io-error' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('removes no file that took its name', async () => {
    const folder = newFolder();
    const output = await OutputFile.create(path.join(folder, 'out.vhd'));
    fs.writeFileSync(path.join(folder, 'out.vhd'), '');
    await expect(output.publish()).rejects.toMatchObject({ code: 'target-exists' });
    expect(fs.readdirSync(folder)).toEqual(['out.vhd']);
  });
});

describe('an undo journal that cannot be given its name', () => {
  it('leaves neither itself nor a change', async () => {
    const folder = newFolder();
    const image = path.join(folder, 'c.vhd');
    buildVhd({ type: 'dynamic', sizeBytes: 4 * 1024 * 1024, blocks: [{ index: 0 }] }).writeTo(image);
    const before = fs.readFileSync(image);
    const file = await NodeFile.open(image, 'write');
    const journaled = await JournaledFile.begin(file, { operation: 'compact', title: 'Compact' });
    vi.spyOn(fsPromises, 'link').mockImplementation(refuse('EPERM'));
    vi.spyOn(fsPromises, 'rename').mockImplementation(refuse('EIO'));
    await expect(journaled.writeAt(new Uint8Array(512), 0)).rejects.toMatchObject({ code: 'io-error' });
    await journaled.rollBack();
    await file.close();
    expect(fs.readdirSync(folder)).toEqual(['c.vhd']);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
  });
});
