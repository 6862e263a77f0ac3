import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../src-main/engine/io';
import { useTempFolders } from '../../support/temp';

const tempFolder = useTempFolders();

it('makes a folder with the missing ones above it, and is content where it exists', async () => {
  const root = tempFolder();
  const deep = path.join(root, 'a', 'b', 'c');
  await makeFolder(deep);
  await makeFolder(deep);
  expect(fs.statSync(deep).isDirectory()).toBe(true);
});

it('says so where a file stands in the way', async () => {
  const root = tempFolder();
  fs.writeFileSync(path.join(root, 'file'), '');
  await expect(makeFolder(path.join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(path.join(root, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')('ends where the file system never lets a folder be made', async () => {
  await expect(makeFolder('/proc/nope/undo')).rejects.toMatchObject({ code: 'ENOENT' });
});
