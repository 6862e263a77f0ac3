import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractRange, hashImage } from '../../../src-main/engine';
import { buildDynamicOf, patchyContent } from '../../support/ops-content';
import { useTempFolders } from '../../support/temp';

const MIB = 1024 * 1024;
const newFolder = useTempFolders();

describe('extractRange', () => {
  it.each([
    [0, 5 * MIB],
    [1, 511],
    [2 * MIB - 3, MIB + 7],
    [5 * MIB - 1, 1],
    [77, 0],
  ])('copies %i + %i exactly', async (offset, length) => {
    const at = (name: string): string => path.join(folder, name);
    const folder = newFolder('extract');
    const content = patchyContent(5 * MIB, 12);
    const source = { path: buildDynamicOf(content, 512 * 1024).writeTo(at('d.vhd')) };
    await extractRange({ source, target: at('part.img'), offset, length });
    expect(fs.readFileSync(at('part.img')).equals(content.subarray(offset, offset + length))).toBe(true);
    await expect(extractRange({ source, target: at('x'), offset: 5 * MIB, length: 1 })).rejects.toMatchObject(
      { kind: 'usage' },
    );
    const { hash } = await hashImage({ source });
    expect(hash).toBe(createHash('sha256').update(content).digest('hex'));
  });
});
