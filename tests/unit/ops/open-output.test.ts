import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compactImage,
  convertImage,
  createImage,
  NodeFile,
  rescueImage,
  snapshotImage,
} from '../../../src-main/engine';
import { lockExclusive } from '../../../src-main/engine/io';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';

const MIB = 1024 * 1024;
const tempFolder = useTempFolders();

const sha256 = (file: string): string => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** A parent with one child beside it, and another image. */
async function family(): Promise<{ parent: string; child: string; other: string; hashes: () => string[] }> {
  const folder = tempFolder();
  const at = (name: string): string => path.join(folder, name);
  const [parent, child, other] = [at('base.vhd'), at('child.vhd'), at('other.vhd')];
  buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }] }).writeTo(parent);
  buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 1 }] }).writeTo(other);
  await snapshotImage({ parent: { path: parent }, path: child });
  const hashes = (): string[] => [parent, child, other].map(sha256);
  return { parent, child, other, hashes };
}

describe('a result that is to replace an existing file', () => {
  it('never takes the place of what it is made from, nor of an ancestor of that', async () => {
    const { parent, child, hashes } = await family();
    const before = hashes();
    const refused = { code: 'target-is-source', kind: 'usage' };
    await expect(
      snapshotImage({ parent: { path: parent }, path: parent, replace: true }),
    ).rejects.toMatchObject(refused);
    await expect(
      snapshotImage({ parent: { path: child }, path: parent, replace: true }),
    ).rejects.toMatchObject(refused);
    await expect(
      convertImage({ source: { path: child }, target: parent, to: 'fixed', replace: true }),
    ).rejects.toMatchObject(refused);
    await expect(
      compactImage({ image: { path: parent }, target: parent, replace: true }),
    ).rejects.toMatchObject(refused);
    await expect(rescueImage(parent, parent, { replace: true })).rejects.toMatchObject(refused);
    expect(hashes()).toEqual(before);
  });

  it('never takes the place of a parent of an image beside it', async () => {
    const { parent, other, hashes } = await family();
    const before = hashes();
    const refused = { code: 'has-children', message: expect.stringContaining('child.vhd') as string };
    await expect(
      convertImage({ source: { path: other }, target: parent, to: 'dynamic', replace: true }),
    ).rejects.toMatchObject(refused);
    await expect(
      createImage({ path: parent, type: 'dynamic', sizeBytes: MIB, replace: true }),
    ).rejects.toMatchObject(refused);
    expect(hashes()).toEqual(before);
  });

  it('never takes the place of a file that somebody writes', async () => {
    const { child, other } = await family();
    const writer = await NodeFile.open(child, 'write');
    lockExclusive(writer);
    await expect(
      convertImage({ source: { path: other }, target: child, to: 'fixed', replace: true }),
    ).rejects.toMatchObject({ code: 'file-in-use' });
    await writer.close();
    await convertImage({ source: { path: other }, target: child, to: 'fixed', replace: true });
    expect(fs.statSync(child).size).toBe(8 * MIB + 512);
  });
});
