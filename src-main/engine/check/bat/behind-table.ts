import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import type { VhdMetadata } from '../../disk/metadata';
import { batSizeBytes } from '../../format';
import type { RandomAccessFile } from '../../io';
import type { BatAnalysis } from '../bat-analysis';
import type { ImageFacts } from '../image-facts';
import { entriesInFile, surveyTable } from '../supposed-table';

/** What stands where a table that is too short lacks its entries. */
export interface BehindTable {
  /**
   * `free`: nothing but zeros and ones. `entries`: with those of the table a sound one, so that perhaps only the number
   * of entries is wrong. `other`: bytes of which that cannot be said.
   */
  readonly kind: 'free' | 'entries' | 'other';
  /** There is room for all that is lacking in front of whatever comes next. */
  readonly hasRoom: boolean;
  /** Blocks that the whole table would name; 0 unless it is sound. */
  readonly allocatedBlocks: number;
}

/** Looks behind the entries of a BAT that has fewer than the disk needs, up to the next structure or block. */
export async function lookBehindTable(
  file: RandomAccessFile,
  { header }: Pick<VhdMetadata, 'header'>,
  facts: ImageFacts,
  bat: BatAnalysis | null,
): Promise<BehindTable> {
  const needed = facts.neededEntries ?? 0;
  if (!header || facts.bat === null) return { kind: 'free', hasRoom: false, allocatedBlocks: 0 };
  const { offset } = facts.bat;
  const now = header.fields.maxTableEntries;
  const roomEnd = Math.min(
    facts.dataEndOffset,
    (bat?.firstSectorFrom(Math.ceil(offset / SECTOR_SIZE_BYTES)) ?? Infinity) * SECTOR_SIZE_BYTES,
    ...facts.metadataAreas
      .filter((area) => area.structure !== 'bat' && area.offset >= offset)
      .map((area) => area.offset),
  );
  const hasRoom = offset + needed * BAT_ENTRY_SIZE_BYTES <= roomEnd;
  const behind = Math.min(needed, Math.floor((roomEnd - offset) / BAT_ENTRY_SIZE_BYTES)) - now;
  let isFree = true;
  for await (const { entries } of entriesInFile(
    file,
    offset + now * BAT_ENTRY_SIZE_BYTES,
    Math.max(0, behind),
  ))
    isFree &&= entries.every((entry) => entry === 0 || entry === BAT_UNUSED);
  if (isFree) return { kind: 'free', hasRoom, allocatedBlocks: 0 };
  const survey = hasRoom
    ? await surveyTable(file, {
        offset,
        entries: needed,
        strideSectors: facts.blockStrideBytes / SECTOR_SIZE_BYTES,
        firstSector: Math.ceil((offset + batSizeBytes(needed)) / SECTOR_SIZE_BYTES),
        endSector: Math.floor(facts.dataEndOffset / SECTOR_SIZE_BYTES),
      })
    : null;
  return { kind: survey ? 'entries' : 'other', hasRoom, allocatedBlocks: survey?.allocated ?? 0 };
}
