import { AppError } from '../../../src-shared/errors';
import type { CompactForecast } from '../../../src-shared/model/compact-forecast';
import { formatSizeExact } from '../../../src-shared/vhd/format-size';
import type { OpenedDisk } from '../chain';
import { requireOneFile } from '../chain/split-set';
import { clearBatmapBit } from '../disk/batmap';
import type { BlockSet } from '../disk/find-overlaps';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import type { HistoryOptions } from '../repair';
import { forecastOf, layOutCompact, type CompactLayout } from './compact-layout';
import { isAlignable, surveyBlocks, type BlockSurvey } from './compact-survey';
import { requireNoSavedState, type DiskSource } from './disk-source';
import { readSparseImage, type Batmap, type NewTables, type SparseImage } from './sparse-image';

export interface CompactInput {
  readonly image: DiskSource;
  /** A new file; absent: where the image lies, under an undo journal. */
  readonly target?: string | undefined;
  /** Put every block's data on a multiple of 4 KiB; an image that is so already stays so without being asked. */
  readonly realign?: boolean | undefined;
  /** In place: blocks that the BAT has lost may go; without it, compacting is refused where there are any. */
  readonly dropUnclaimed?: boolean | undefined;
  readonly replace?: boolean | undefined;
  /** Go on where no lock can be had at all; a lock that somebody else holds always stops. */
  readonly allowUnlocked?: boolean | undefined;
  readonly history?: HistoryOptions | undefined;
}

export interface CompactPlan {
  readonly image: SparseImage;
  readonly survey: BlockSurvey;
  readonly layout: CompactLayout;
  readonly forecast: CompactForecast;
}

/** Reads every block, and says which stay and where they go. @throws AppError `type-mismatch`, `unsupported`, `too-damaged`. */
export async function planCompact(
  input: CompactInput,
  opened: OpenedDisk,
  context: OperationContext,
): Promise<CompactPlan> {
  const { metadata, path, file } = opened;
  if (!metadata || metadata.type === 'fixed') {
    throw new AppError(
      'type-mismatch',
      `"${path}" is a fixed disk; it has no blocks that could be left out.`,
      {
        hint: 'Convert it to a dynamic disk instead.',
      },
    );
  }
  if (input.target === undefined) requireOneFile(file);
  requireNoSavedState(metadata, path);
  const image = await readSparseImage(file, metadata);
  if (input.realign && !isAlignable(image))
    throw new AppError(
      'unsupported',
      `"${path}" has blocks of ${formatSizeExact(image.blockSizeBytes)}: with each one's data on a multiple of 4 KiB the file would grow, mostly by gaps.`,
      {
        context: { path },
        hint: 'Compact it without aligning the blocks (no --realign).',
        unchanged: 'Nothing was written.',
      },
    );
  const survey = await surveyBlocks(file, image, parentOf(opened), context);
  const layout = layOutCompact(image, survey, {
    realign: input.realign === true,
    isNew: input.target !== undefined,
  });
  return { image, survey, layout, forecast: forecastOf(path, image, survey, layout) };
}

export const parentOf = (opened: OpenedDisk): VirtualDisk | null => opened.chain[1]?.disk ?? null;

export const movedBytesOf = ({ image, layout }: CompactPlan): number =>
  layout.packed.movedCount * image.strideBytes;

/** The tables of the result; uses the image's own entries up. */
export function newTables({ image, survey, layout }: CompactPlan): NewTables {
  return {
    sizeBytes: image.sizeBytes,
    entries: {
      count: layout.entryCount,
      kept: layout.packed.intoEntries().first(layout.entryCount),
      moved: new Map(),
    },
    locators: layout.locators,
    batmap: image.batmap && withoutBlocks(image.batmap, survey.dropped),
    endOffset: layout.endOffset,
    headerOffset: layout.headerOffset,
    batOffset: layout.batOffset,
  };
}

function withoutBlocks(batmap: Batmap, dropped: BlockSet): Batmap {
  const map = Uint8Array.from(batmap.map);
  for (let block = 0; block < map.length * 8; block += 1) if (dropped.has(block)) clearBatmapBit(map, block);
  return { ...batmap, map };
}
