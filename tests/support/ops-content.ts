import { buildVhd, type BlockKnobs, type BuiltVhd } from './vhd-builder';

const SECTOR = 512;

/** Random-looking bytes of a seed, with stretches of zeros of every size from sectors to blocks. */
export function patchyContent(sizeBytes: number, seed = 1): Buffer {
  const content = Buffer.alloc(sizeBytes);
  let state = seed >>> 0 || 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
  for (let at = 0; at < sizeBytes;) {
    const length = SECTOR * (1 + next([4, 64, 1024, 8192][next(4)] ?? 4));
    const end = Math.min(sizeBytes, at + length);
    if (next(2) === 0) for (let i = at; i < end; i += 1) content[i] = 1 + next(255);
    at = end;
  }
  return content;
}

/** A dynamic image of this content by the builder: blocks of zeros left out, bits of zero sectors clear. */
export function buildDynamicOf(content: Buffer, blockSizeBytes: number): BuiltVhd {
  const blocks: BlockKnobs[] = [];
  for (let index = 0; index * blockSizeBytes < content.length; index += 1) {
    const data = content.subarray(index * blockSizeBytes, (index + 1) * blockSizeBytes);
    const bitmap: number[] = [];
    for (let sector = 0; sector * SECTOR < data.length; sector += 1) {
      const bytes = data.subarray(sector * SECTOR, (sector + 1) * SECTOR);
      if (bytes.some((byte) => byte !== 0)) bitmap.push(sector);
    }
    if (bitmap.length > 0) blocks.push({ index, data, bitmap });
  }
  return buildVhd({ type: 'dynamic', sizeBytes: content.length, blockSizeBytes, blocks });
}

/**
 * A child over a parent: `changed` sectors are the child's and hold `content`, all others are the parent's, however
 * different `content` may be there.
 */
export function buildChildOf(
  parent: BuiltVhd,
  parentName: string,
  content: Buffer,
  changed: (sector: number) => boolean,
  blockSizeBytes: number,
): BuiltVhd {
  const blocks: BlockKnobs[] = [];
  const sectorsPerBlock = blockSizeBytes / SECTOR;
  for (let index = 0; index * blockSizeBytes < content.length; index += 1) {
    const data = content.subarray(index * blockSizeBytes, (index + 1) * blockSizeBytes);
    const bitmap: number[] = [];
    for (let sector = 0; sector * SECTOR < data.length; sector += 1) {
      if (changed(index * sectorsPerBlock + sector)) bitmap.push(sector);
    }
    if (bitmap.length > 0) blocks.push({ index, data, bitmap });
  }
  return buildVhd({
    type: 'differencing',
    sizeBytes: content.length,
    blockSizeBytes,
    blocks,
    header: { parentId: parent.uniqueId, parentName },
    locators: [{ platform: 'W2ru', data: `.\\${parentName}` }],
  });
}

/** What such a child shows. */
export function overlaid(parent: Buffer, content: Buffer, changed: (sector: number) => boolean): Buffer {
  const shown = Buffer.alloc(content.length);
  parent.copy(shown);
  for (let sector = 0; sector * SECTOR < content.length; sector += 1) {
    if (changed(sector)) content.copy(shown, sector * SECTOR, sector * SECTOR, (sector + 1) * SECTOR);
  }
  return shown;
}
