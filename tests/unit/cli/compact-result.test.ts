import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { preflightCompact } from '../../../src-main/engine';
import * as freeSpace from '../../../src-main/engine/io/free-space';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { runCli, type JsonError } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders();
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function wastefulIn(folder: string): string {
  const blocks = [{ index: 0, data: 0 }, { index: 3 }, { index: 1, data: 7 }];
  return buildVhd({ type: 'dynamic', sizeBytes: 20 * MIB, blocks }).writeTo(path.join(folder, 'd.vhd'));
}

describe('compact in place', () => {
  it('says how large its undo journal is, and where it is kept', async () => {
    const folder = makeFolder();
    const image = wastefulIn(folder);
    vi.stubEnv('PLATTER_UNDO_DIR', path.join(folder, 'undo'));
    const foretold = (await preflightCompact({ image: { path: image } })).bytesToWrite ?? 0;
    const { stdout } = await runCli(['compact', image]);
    const [journal = ''] = fs.readdirSync(path.join(folder, 'undo'));
    const bytes = fs.statSync(path.join(folder, 'undo', journal)).size;
    expect(bytes).toBeGreaterThan(2 * MIB);
    expect(bytes).toBeLessThanOrEqual(foretold);
    expect(oneLine(stdout)).toMatch(/Undo journal [\d.]+ MiB \([\d,]+ bytes\), kept in /);
    expect(oneLine(stdout)).toContain(
      `(${bytes.toLocaleString('en')} bytes), kept in ${path.join(folder, 'undo')}`,
    );
    fs.rmSync(path.join(folder, 'undo'), { recursive: true });
    const again = await runCli(['compact', wastefulIn(folder), '--json']);
    expect(again.json()).toMatchObject({ journalBytes: bytes, verified: true });
  });

  it('says nothing of a proof where nothing was written', async () => {
    const folder = makeFolder();
    const image = wastefulIn(folder);
    vi.stubEnv('PLATTER_UNDO_DIR', path.join(folder, 'undo'));
    expect((await runCli(['compact', image])).stdout).toContain('Verified');
    for (const args of [
      ['compact', image],
      ['resize', image, '20M'],
    ]) {
      const { stdout } = await runCli(args);
      expect(stdout).toContain('nothing was written');
      expect(stdout).not.toContain('Verified');
      expect((await runCli([...args, '--json'])).json()).toMatchObject({ verified: true, isUnchanged: true });
    }
  });

  it('names the way on a disk that has no room for the undo journal', async () => {
    const image = wastefulIn(makeFolder());
    const volume = { freeBytes: 4096, maxFileBytes: null, sparseFiles: true, name: 'ext4' } as const;
    vi.spyOn(freeSpace, 'volumeFacts').mockResolvedValue(volume);
    const { exitCode, json } = await runCli(['compact', image, '--json']);
    const { error } = json<JsonError>();
    expect(exitCode).toBe(4);
    expect(error.message).toContain('undo journal');
    expect(error.hint).toContain('--output');
  });
});
