import type { CompactForecast } from '../../../src-shared/model/compact-forecast';
import {
  DATA_ALIGNMENT_BYTES,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { alignedFrom } from '../../../src-shared/vhd/layout';
import { batSizeBytes } from '../format';
import { isAlignable, type BlockSurvey } from './compact-survey';
import { PackedBlocks } from './packed-blocks';
import { batmapSpaceBytes, type LocatorPlace, type SparseImage } from './sparse-image';

/** Where everything of a compacted image goes. */
export interface CompactLayout {
  readonly headerOffset: number;
  readonly batOffset: number;
  readonly entryCount: number;
  readonly locators: readonly LocatorPlace[];
  /** The kept blocks, and where they go. */
  readonly packed: PackedBlocks;
  /** Where the footer goes. */
  readonly endOffset: number;
  /** Bytes between the structures and blocks, those in front of the footer included. */
  readonly freeBytes: number;
  /** Bytes in front of the footer that are left free so that the next block is aligned without a gap of its own. */
  readonly paddingBytes: number;
}

/** Packs the kept blocks behind the tables, which stay where they are; `isNew` packs the tables, too. */
export function layOutCompact(
  image: SparseImage,
  { keptCount, dropped, unaligned }: BlockSurvey,
  options: { readonly realign: boolean; readonly isNew: boolean },
): CompactLayout {
  // an image that is aligned stays so
  const alignment =
    options.realign || (unaligned === 0 && keptCount > 0 && isAlignable(image))
      ? DATA_ALIGNMENT_BYTES
      : SECTOR_SIZE_BYTES;
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
  const startOffset = Math.min(...taken.map(({ end }) => end));
  const packed = new PackedBlocks(image, { dropped, taken, startOffset, alignmentBytes: alignment });
  const contentEnd = Math.max(packed.endOffset, ...taken.map(({ end }) => end));
  const paddingBytes = isPadded(image, unaligned, options.realign)
    ? alignedFrom(contentEnd, FOOTER_SIZE_BYTES, DATA_ALIGNMENT_BYTES) - contentEnd
    : 0;
  const endOffset = contentEnd + paddingBytes;
  const takenBytes = taken.reduce((sum, { start, end }) => sum + end - start, 0);
  const freeBytes = Math.max(0, endOffset - takenBytes - packed.count * image.strideBytes);
  return { ...tables, packed, endOffset, freeBytes, paddingBytes };
}

/**
 * Windows rounds the size of a file whose blocks it aligns to 4 KiB, and the block writer takes that for the sign that
 * the next block is to be aligned, too.
 */
const isPadded = (image: SparseImage, unaligned: number, realign: boolean): boolean =>
  image.bitmapBytes === SECTOR_SIZE_BYTES &&
  image.blockSizeBytes % DATA_ALIGNMENT_BYTES === 0 &&
  (realign || (unaligned === 0 && image.metadata.fileSizeBytes % DATA_ALIGNMENT_BYTES === 0));

type Tables = Omit<CompactLayout, 'packed' | 'endOffset' | 'freeBytes' | 'paddingBytes'>;

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
  const fileSizeBeforeBytes = image.metadata.fileSizeBytes;
  const fileSizeAfterBytes = layout.endOffset + FOOTER_SIZE_BYTES;
  const savedBytes = fileSizeBeforeBytes - fileSizeAfterBytes;
  const zeroBlocksBytes = survey.droppedCount * image.strideBytes;
  const surplusTableBytes = batSizeBytes(image.entries.length) - batSizeBytes(layout.entryCount);
  const trailingBytes = Math.max(0, image.footerOffset - contentEndOf(image) - layout.paddingBytes);
  const gapsBytes = Math.max(0, savedBytes - zeroBlocksBytes - surplusTableBytes - trailingBytes);
  return {
    path,
    fileSizeBeforeBytes,
    fileSizeAfterBytes,
    savedBytes,
    byCause: { zeroBlocksBytes, gapsBytes, surplusTableBytes, trailingBytes },
    blocksBefore: survey.keptCount + survey.droppedCount,
    blocksAfter: survey.keptCount,
    unalignedBlocks: survey.unaligned,
  };
}

/** Behind the last of tables, locators and blocks, as they lie now. */
function contentEndOf(image: SparseImage): number {
  const { batOffset, headerOffset, entries, locators, batmap, strideBytes } = image;
  const lastSector = entries.lastSector() ?? 0;
  return Math.max(
    headerOffset + DYNAMIC_HEADER_SIZE_BYTES,
    batOffset + batSizeBytes(entries.length) + batmapSpaceBytes(batmap, entries.length),
    ...locators.map(({ offset, spaceBytes }) => offset + spaceBytes),
    lastSector === 0 ? 0 : lastSector * SECTOR_SIZE_BYTES + strideBytes,
  );
}
