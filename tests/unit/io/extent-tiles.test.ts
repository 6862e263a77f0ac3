import { describe, expect, it } from 'vitest';
import { ExtentTiles } from '../../../src-main/engine/io';
import { MemoryFile } from '../../support/fake-files';

describe('extents laid one behind the other', () => {
  it('join where they are of one kind, and go on only from where the last one ended', () => {
    const tiles = new ExtentTiles(512);
    tiles.add('data', 1024);
    tiles.add('data', 2048);
    tiles.add('hole', 2048);
    tiles.add('hole', 1024);
    tiles.add('hole', 4096);
    expect(tiles.extents).toEqual([
      { offset: 512, length: 1536, kind: 'data' },
      { offset: 2048, length: 2048, kind: 'hole' },
    ]);
  });

  it('are those of a file, and a hole behind its end', async () => {
    const tiles = new ExtentTiles(100);
    const file = new MemoryFile(new Uint8Array(1000).fill(1));
    await tiles.addHeldBy(file, 50);
    expect(tiles.extents).toEqual([]);
    await tiles.addHeldBy(file, 1500);
    await tiles.addHeldBy(file, 2000);
    expect(tiles.extents).toEqual([
      { offset: 100, length: 900, kind: 'data' },
      { offset: 1000, length: 1000, kind: 'hole' },
    ]);
  });
});
