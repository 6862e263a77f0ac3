/** Room for a structure that grows or moves: what stands there, and how it is got out of the way. */
import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import type { StructureName } from '../../../../src-shared/model/finding';
import type { RepairContext } from '../recipe';
import type { BatView } from './bat-entries';
import { writeEntry } from './clear-entries';
import { DataEnd, keepsPages } from './data-end';

/** Blocks that are moved out of the way of one structure. */
const MOVED_BLOCKS_MAX = 32;

/** `[start, end)` in bytes of the file. */
export interface WantedRoom {
  readonly start: number;
  readonly end: number;
  /** What may stand there: the structure itself. */
  readonly own: readonly StructureName[];
}

export interface Room {
  readonly end: number;
  /** Blocks that stand there; of more than can be moved, not all. */
  readonly blocks: readonly number[];
  /** Nothing but a few blocks and the footer is in the way, and these can be moved. */
  readonly isFree: boolean;
}

export function roomFor(
  { metadata }: RepairContext,
  { facts, bat }: BatView,
  { start, end, own }: WantedRoom,
): Room {
  const blocks: number[] = [];
  bat.entries.someUsed((sector, index) => {
    const offset = sector * SECTOR_SIZE_BYTES;
    if (offset < end && offset + facts.blockStrideBytes > start) blocks.push(index);
    return blocks.length > MOVED_BLOCKS_MAX;
  });
  const isBlocked = facts.metadataAreas.some(
    (area) => !own.includes(area.structure) && area.offset < end && area.end > start,
  );
  const isFooterAtEnd = (metadata.footer?.position ?? 'end') === 'end';
  return { end, blocks, isFree: !isBlocked && isFooterAtEnd && blocks.length <= MOVED_BLOCKS_MAX };
}

/** Moves the blocks that stand there behind the last one, and the footer behind everything. */
export async function clearRoom(
  context: RepairContext,
  view: BatView,
  { end: roomEnd, blocks }: Room,
): Promise<void> {
  const end = new DataEnd(context.file, context.metadata);
  if (end.offset < roomEnd) end.reserve(0, roomEnd);
  await appendCopies(context, view, end, blocks);
  await end.finish();
}

/** Copies blocks behind the data and lets their entries point there. */
export async function appendCopies(
  { file, breathe }: RepairContext,
  view: BatView,
  end: DataEnd,
  blocks: Iterable<number>,
): Promise<void> {
  const pages = keepsPages(view.bat);
  for (const index of blocks) {
    await breathe();
    const to = await end.appendBlock(view.bat.offsetAt(index) ?? 0, view.facts, pages);
    await writeEntry(file, view.batOffset, index, to / SECTOR_SIZE_BYTES);
  }
}
