/** A disk with a GPT that gets larger: that its backup stays behind has to be said. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertImage } from '../../../src-main/engine/ops/convert';
import { makeAzureImage } from '../../../src-main/engine/ops/azure';
import { preflightResize, resizeImage } from '../../../src-main/engine/ops/resize';
import { writeGpt, writeMbr } from '../../support/partition-builder';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const MIB = 1024 * 1024;
const WORDS = /GPT: its backup stays near byte 4,193,792 and no longer lies at the end/;
const makeFolder = useTempFolders('each');

/** A fixed disk of 4 MiB with a partition table, and without it. */
function makeDisk(kind: 'gpt' | 'mbr'): { readonly folder: string; readonly image: string } {
  const folder = makeFolder();
  const data = Buffer.alloc(4 * MIB);
  (kind === 'gpt' ? writeGpt : writeMbr)(data, [{ startSector: 64, sectors: 1024 }]);
  const image = buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data }).writeTo(path.join(folder, 'd.vhd'));
  return { folder, image };
}

describe('a disk that gets larger', () => {
  it.each(['gpt', 'mbr'] as const)('is told of its backup GPT where it has one: %s', async (kind) => {
    const { folder, image } = makeDisk(kind);
    const said = (warnings: readonly string[]): boolean => WORDS.test(warnings.join('\n'));
    const source = { path: image };
    const at = (name: string): string => path.join(folder, name);

    const larger = await convertImage({ source, target: at('l.vhd'), to: 'dynamic', sizeBytes: 8 * MIB });
    expect(said(larger.warnings)).toBe(kind === 'gpt');
    const same = await convertImage({ source, target: at('s.vhd'), to: 'dynamic' });
    expect(said(same.warnings)).toBe(false);
    const azure = await makeAzureImage({ source, target: at('a.vhd') });
    expect(said(azure.warnings)).toBe(kind === 'gpt');
    for (const name of ['d.vhd', 's.vhd']) {
      const input = { image: { path: at(name) }, sizeBytes: 6 * MIB, history: { historyFolder: at('h') } };
      const { items } = await preflightResize(input);
      expect(items.some(({ code }) => code === 'gpt-at-end')).toBe(kind === 'gpt');
      const grown = await resizeImage(input);
      expect(said(grown.warnings)).toBe(kind === 'gpt');
    }
    expect(fs.statSync(image).size).toBe(6 * MIB + 512);
  });
});
