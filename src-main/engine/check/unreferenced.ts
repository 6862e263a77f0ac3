import { BAT_ENTRY_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import type { CheckContext } from './context';

/** A stretch of the file that no structure and no block claims, `[offset, end)` in bytes. */
export interface Gap {
  readonly offset: number;
  readonly end: number;
}

/** Gaps up to the footer (or the end of the file), ascending, one after another: nothing is kept. */
export function* unreferencedGaps({ metadata, facts, bat }: CheckContext): Generator<Gap> {
  if (!metadata.header || !bat) return;
  const surplusEnd = surplusEntriesEnd({ metadata, facts });
  const areas = facts.metadataAreas.map((area) =>
    area.structure === 'bat' ? { ...area, end: Math.max(area.end, surplusEnd) } : area,
  );
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

/** Where the BAT ends with the entries behind those that the disk needs, as far as none of them is in use. */
function surplusEntriesEnd({ metadata, facts }: Pick<CheckContext, 'metadata' | 'facts'>): number {
  const { bat } = metadata;
  if (!bat || facts.neededEntries === null) return 0;
  const end = bat.entries.nextUsed(facts.neededEntries, bat.entries.length);
  return end < bat.entries.length
    ? bat.offset + Math.floor((end * BAT_ENTRY_SIZE_BYTES) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES
    : bat.offset + roundUpToSector(end * BAT_ENTRY_SIZE_BYTES);
}
