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
  const gapBefore = (offset: number, end: number): Gap | null => {
    const gap = { offset: position, end: Math.min(offset, facts.dataEndOffset) };
    position = Math.max(position, end);
    return gap.end > gap.offset ? gap : null;
  };
  let next = 0;
  for (const { sectors } of bat.inFileOrder()) {
    for (const sector of sectors) {
      const start = sector * SECTOR_SIZE_BYTES;
      for (let area = areas[next]; area && area.offset <= start; area = areas[next]) {
        next += 1;
        const gap = gapBefore(area.offset, area.end);
        if (gap) yield gap;
      }
      const gap = gapBefore(start, start + stride);
      if (gap) yield gap;
    }
  }
  for (const { offset, end } of areas.slice(next)) {
    const gap = gapBefore(offset, end);
    if (gap) yield gap;
  }
  if (facts.dataEndOffset > position) yield { offset: position, end: facts.dataEndOffset };
}
