/** A file whose name is no valid UTF-8: Node shows it under a name that leads nowhere. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChainReport, CheckReport } from '../../../src-shared/model';
import type { WireError } from '../../../src-shared/errors';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { runCli } from './run-cli';

const makeFolder = useTempFolders('each');

/** Two images, the name of one with a byte 0xE9, as Latin-1 writes an e with an accent; null where the system has no such names. */
function makeImages(): string | null {
  const folder = makeFolder();
  const image = buildVhd({ type: 'dynamic', sizeBytes: 1024 * 1024 }).writeTo(path.join(folder, 'good.vhd'));
  try {
    const name = Buffer.concat([
      Buffer.from(`${folder}${path.sep}caf`),
      Buffer.of(0xe9),
      Buffer.from('.vhd'),
    ]);
    fs.copyFileSync(image, name);
  } catch {
    return null;
  }
  return fs.readdirSync(folder).some((name) => name.includes('\ufffd')) ? folder : null;
}

describe.skipIf(process.platform !== 'linux')('an image whose name has bytes that are no UTF-8', () => {
  it('is a row of its own when a folder is checked, and the others are checked', async () => {
    const folder = makeImages();
    if (folder === null) return;
    const ran = await runCli(['check', folder, '--json']);
    expect(ran.exitCode).toBe(4);
    const { images } = ran.json<{ images: (CheckReport | { path: string; error: WireError })[] }>();
    expect(images).toHaveLength(2);
    const [bad, good] = images;
    expect(good).toMatchObject({ verdict: 'clean' });
    expect(bad).toMatchObject({
      error: {
        code: 'unusable-name',
        message: expect.stringMatching(/bytes that are no valid UTF-8/) as string,
        hint: expect.stringMatching(/Rename/) as string,
      },
    });
    const text = (await runCli(['check', folder])).stdout.replace(/\s+/g, ' ');
    expect(text).toMatch(/no valid UTF-8/);
    expect(text).not.toMatch(/does not exist/);
    expect(text).toContain('2 images: 0 with errors, 1 that could not be checked.');
    expect(text).toMatch(/Rename/);
  });

  it('is a problem of its own in the chains of a folder', async () => {
    const folder = makeImages();
    if (folder === null) return;
    const ran = await runCli(['chain', folder, '--json']);
    expect(ran.exitCode).toBe(0);
    const { images } = ran.json<ChainReport>();
    expect(images.map(({ problems }) => problems.map(({ code, message }) => [code, message]))).toEqual([
      [['unreadable', expect.stringMatching(/no valid UTF-8.*Rename/)]],
      [],
    ]);
  });

  it('is told when it is named itself', async () => {
    const folder = makeImages();
    if (folder === null) return;
    const ran = await runCli(['info', path.join(folder, 'caf\ufffd.vhd'), '--json']);
    expect(ran.exitCode).toBe(4);
    expect(ran.json<{ error: WireError }>().error.code).toBe('unusable-name');
  });
});
