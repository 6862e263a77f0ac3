import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compactImage, mergeImage } from '../../../src-main/engine';
import type { Progress } from '../../../src-shared/model/job';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const MIB = 1024 * 1024;
const BLOCK = 2 * MIB;
const newFolder = useTempFolders();

/** What a live map would have been told in a phase, as block numbers. */
function blocksOf(told: readonly Progress[], phase: string, what: 'reading' | 'writing'): number[] {
  return told.flatMap((progress) => {
    const range = progress.phase === phase ? progress[what] : undefined;
    return range ? [Math.floor(range.offset / BLOCK)] : [];
  });
}

describe('the live map is told', () => {
  it('which blocks a merge reads of the child and writes of the parent', async () => {
    const folder = newFolder('progress');
    const parent = buildVhd({ type: 'dynamic', sizeBytes: 40 * MIB, blocks: [{ index: 0 }] });
    parent.writeTo(path.join(folder, 'base.vhd'));
    buildVhd({
      type: 'differencing',
      sizeBytes: 40 * MIB,
      blocks: [{ index: 3 }, { index: 9 }],
      header: { parentId: parent.uniqueId, parentName: 'base.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
    }).writeTo(path.join(folder, 'child.vhd'));
    const told: Progress[] = [];
    await mergeImage(
      {
        child: { path: path.join(folder, 'child.vhd') },
      },
      { onProgress: (progress) => told.push(progress) },
    );
    expect(blocksOf(told, 'merge', 'reading')).toEqual([3, 9]);
    expect(blocksOf(told, 'merge', 'writing')).toEqual([3, 9]);
  });

  it('which blocks a compaction looks at, and which it moves', async () => {
    const folder = newFolder('progress');
    const file = path.join(folder, 'gaps.vhd');
    const data = new Uint8Array(BLOCK).fill(7);
    buildVhd({
      type: 'dynamic',
      sizeBytes: 40 * MIB,
      blocks: [
        { index: 5, data: new Uint8Array(BLOCK) },
        { index: 8, data },
        { index: 2, data },
      ],
    }).writeTo(file);
    const before = fs.statSync(file).size;
    const told: Progress[] = [];
    await compactImage(
      { image: { path: file }, history: { historyFolder: path.join(folder, 'history') } },
      { onProgress: (progress) => told.push(progress) },
    );
    expect(fs.statSync(file).size).toBeLessThan(before);
    expect(blocksOf(told, 'survey', 'reading')).toEqual([5, 8, 2]);
    expect(blocksOf(told, 'move', 'writing')).toEqual([8, 2]);
  });
});
