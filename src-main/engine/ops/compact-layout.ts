import type { CompactForecast } from '../../../src-shared/model/compact-forecast';
import {
  BAT_UNUSED,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { batSizeBytes } from '../format';
import type { BlockSurvey } from './compact-survey';
import { batmapSpaceBytes, type LocatorPlace, type SparseImage } from './sparse-image';

export const ALIGNED_BYTES = 4096;

/** Where everything of a compacted image goes. */
export interface CompactLayout {
  readonly headerOffset: number;
  readonly batOffset: number;
  readonly entryCount: number;
  readonly locators: readonly LocatorPlace[];
  /** Byte offsets of the kept blocks' bitmaps, in the order of the survey. */
  readonly places: readonly number[];
  readonly endOffset: number;
}

/** Packs the kept blocks behind the tables, which stay where they are; `isNew` packs the tables, too. */
export function layOutCompact(
  image: SparseImage,
  { kept, unaligned }: BlockSurvey,
  options: { readonly realign: boolean; readonly isNew: boolean },
): CompactLayout {
  // an image that is aligned stays so
  const alignment =
    options.realign || (unaligned === 0 && kept.length > 0) ? ALIGNED_BYTES : SECTOR_SIZE_BYTES;
  const tables = options.isNew ? packedTables(image) : presentTables(image);
  const taken = [
    { start: 0, end: FOOTER_SIZE_BYTES },
    { start: tables.headerOffset, end: tables.headerOffset + DYNAMIC_HEADER_SIZE_BYTES },
    {
      start: tables.batOffset,
      end:
        tables.batOffset +
        batSizeBytes(tables.entryCount) +
        batmapSpaceBytes(image.batmap, tables.entryCount),
    },
    ...tables.locators.map(({ offset, spaceBytes }) => ({ start: offset, end: offset + spaceBytes })),
  ];
  let endOffset = Math.min(...taken.map(({ end }) => end));
  const places = kept.map(() => {
    let place = aligned(endOffset, image.bitmapBytes, alignment);
    for (let at = 0; at < taken.length; at += 1) {
      const one = taken[at];
      if (one === undefined || place >= one.end || place + image.strideBytes <= one.start) continue;
      place = aligned(one.end, image.bitmapBytes, alignment);
      at = -1;
    }
    endOffset = place + image.strideBytes;
    return place;
  });
  return { ...tables, places, endOffset: Math.max(endOffset, ...taken.map(({ end }) => end)) };
}

const aligned = (from: number, bitmapBytes: number, alignment: number): number =>
  Math.ceil((from + bitmapBytes) / alignment) * alignment - bitmapBytes;

type Tables = Omit<CompactLayout, 'places' | 'endOffset'>;

const presentTables = ({ headerOffset, batOffset, entries, locators }: SparseImage): Tables => ({
  headerOffset,
  batOffset,
  entryCount: entries.length,
  locators,
});

function packedTables(image: SparseImage): Tables {
  const entryCount = Math.ceil(image.sizeBytes / image.blockSizeBytes);
  const headerOffset = FOOTER_SIZE_BYTES;
  const batOffset = headerOffset + DYNAMIC_HEADER_SIZE_BYTES;
  let offset = batOffset + batSizeBytes(entryCount) + batmapSpaceBytes(image.batmap, entryCount);
  const locators = image.locators.map((locator): LocatorPlace => {
    const placed = { ...locator, offset };
    offset += locator.spaceBytes;
    return placed;
  });
  return { headerOffset, batOffset, entryCount, locators };
}

/** What compacting gains, by cause. Moving the tables and alignment can cost a little; that is taken from the gaps. */
export function forecastOf(
  path: string,
  image: SparseImage,
  survey: BlockSurvey,
  layout: CompactLayout,
): CompactForecast {
  const fileSizeBefore = image.metadata.fileSizeBytes;
  const fileSizeAfter = layout.endOffset + FOOTER_SIZE_BYTES;
  const savedBytes = fileSizeBefore - fileSizeAfter;
  const lastPlace = image.entries.reduce(
    (last, entry) => (entry === BAT_UNUSED ? last : Math.max(last, entry)),
    0,
  );
  const blocksEnd = lastPlace === 0 ? null : lastPlace * SECTOR_SIZE_BYTES + image.strideBytes;
  const zeroBlocksBytes = survey.dropped.length * image.strideBytes;
  const surplusTableBytes = batSizeBytes(image.entries.length) - batSizeBytes(layout.entryCount);
  const trailingBytes = blocksEnd === null ? 0 : Math.max(0, image.footerOffset - blocksEnd);
  const gapsBytes = Math.max(0, savedBytes - zeroBlocksBytes - surplusTableBytes - trailingBytes);
  return {
    path,
    fileSizeBefore,
    fileSizeAfter,
    savedBytes,
    byCause: { zeroBlocksBytes, gapsBytes, surplusTableBytes, trailingBytes },
    blocksBefore: survey.kept.length + survey.dropped.length,
    blocksAfter: survey.kept.length,
    unalignedBlocks: survey.unaligned,
  };
}
