import fs from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { NodeFile, preflightResize, resizeImage } from '../../../src-main/engine';
import type { OperationResult } from '../../../src-shared/model/results';
import { JournaledFile } from '../../../src-main/engine/repair';
import { splitImage } from '../../support/split-image';
import { useTestFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const at = useTestFolder('resize');
const resize = (name: string, sizeBytes: number): Promise<OperationResult> =>
  resizeImage({ image: { path: at(name) }, sizeBytes, history: { historyFolder: at('history') } });

describe('the forecast of a dynamic disk that grows', () => {
  it.each([
    ['one block moves', 64 * GIB, 2 * MIB],
    ['many small blocks move', 4 * GIB, 4 * KIB],
  ])('is what is written, journal included, where %s', async (_, sizeBytes, blockSizeBytes) => {
    const blocks = Array.from({ length: 12 }, (_block, index) => ({
      index,
      data: Buffer.alloc(blockSizeBytes, 0x41 + index),
    }));
    buildVhd({ type: 'dynamic', sizeBytes: 12 * blockSizeBytes, blockSizeBytes, blocks }).writeTo(
      at('d.vhd'),
    );
    const { bytesToWrite } = await preflightResize({ image: { path: at('d.vhd') }, sizeBytes });
    const write = vi.spyOn(NodeFile.prototype, 'writeAt');
    const result = await resize('d.vhd', sizeBytes);
    const writtenBytes = write.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
    write.mockRestore();
    expect(result.changed.join()).toMatch(/moved/);
    expect(bytesToWrite).toBeGreaterThanOrEqual(writtenBytes);
    expect(bytesToWrite).toBeLessThan(writtenBytes + 12 * KIB);
  });
});

describe('a split set', () => {
  it('is refused before anything is tried, in the review and in the work', async () => {
    const bytes = Buffer.from(buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).bytes());
    fs.writeFileSync(at('s.vhd'), bytes);
    splitImage(at('s.vhd'), 2);
    const begin = vi.spyOn(JournaledFile, 'begin');
    const refused = { code: 'unsupported', message: expect.stringMatching(/split set/) as string };
    await expect(preflightResize({ image: { path: at('s.vhd') }, sizeBytes: 8 * MIB })).rejects.toMatchObject(
      refused,
    );
    await expect(resize('s.vhd', 8 * MIB)).rejects.toMatchObject(refused);
    expect(begin).not.toHaveBeenCalled();
    begin.mockRestore();
    expect(fs.readdirSync(at()).sort()).toEqual(['s.v01', 's.vhd']);
    expect(Buffer.concat([fs.readFileSync(at('s.vhd')), fs.readFileSync(at('s.v01'))]).equals(bytes)).toBe(
      true,
    );
  });
});
