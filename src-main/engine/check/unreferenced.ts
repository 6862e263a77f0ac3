import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { CheckContext } from './context';

/** A stretch of the file that no structure and no block claims, `[offset, end)` in bytes. */
export interface Gap {
  readonly offset: number;
  readonly end: number;
}

/** Gaps up to the footer (or the end of the file), ascending, one after another: nothing is kept. */
export function* unreferencedGaps({ metadata, facts, bat }: CheckContext): Generator<Gap> {
  if (!metadata.header || !bat) return;
  const areas = facts.metadataAreas;
  const stride = facts.blockStrideBytes;
  let position = 0;
  let area = 0;
  let block = 0;
  while (area < areas.length || block < bat.sorted.length) {
    const areaStart = areas[area]?.offset ?? Infinity;
    const blockStart = block < bat.sorted.length ? (bat.sorted[block] ?? 0) * SECTOR_SIZE_BYTES : Infinity;
    const start = Math.min(areaStart, blockStart, facts.dataEndOffset);
    const end = areaStart <= blockStart ? (areas[area]?.end ?? 0) : blockStart + stride;
    if (areaStart <= blockStart) area += 1;
    else block += 1;
    if (start > position) yield { offset: position, end: start };
    position = Math.max(position, end);
  }
  if (facts.dataEndOffset > position) yield { offset: position, end: facts.dataEndOffset };
}
