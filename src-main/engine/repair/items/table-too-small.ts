/** A BAT with fewer entries than the disk has blocks. */
import { writeU64 } from '../../../../src-shared/vhd/bytes';
import { BAT_ENTRY_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import type { RepairOption } from '../../../../src-shared/model/repair-plan';
import { lookBehindTable, type BehindTable } from '../../check/bat/behind-table';
import { counted } from '../../check/words';
import { batSizeBytes } from '../../format';
import { editHeader, isHeaderSound } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';
import { DEPENDS_ON, setCount, TABLE_BYTES_MAX, tableBytes } from './bat-table';
import { DataEnd } from './data-end';
import { clearRoom, roomFor, type Room } from './room';

const TAKE_ENTRIES = 'entries';

export const tooSmall: RepairRecipe = {
  codes: ['table-too-small'],
  dependsOn: DEPENDS_ON,
  offer: async (context) => {
    const { file, metadata } = context;
    const view = await viewBat(context);
    const needed = view?.facts.neededEntries ?? null;
    const now = metadata.header?.fields.maxTableEntries ?? 0;
    if (!view || needed === null || now >= needed || !isHeaderSound(metadata)) return null;
    if (batSizeBytes(needed) > TABLE_BYTES_MAX || view.bat.entries.length < now) return null;
    const behind = await lookBehindTable(file, metadata, view.facts, view.bat);
    const room = roomFor(context, view, {
      start: view.batOffset,
      end: view.batOffset + batSizeBytes(needed),
      own: ['bat'],
    });
    const moves = room.isFree;
    const how = !moves
      ? 'There is no room behind it, so the table is written anew behind the last block.'
      : room.blocks.length > 0
        ? `${formatCount(room.blocks.length)} blocks in the way are moved behind the last one.`
        : 'There is room behind it.';
    const isFree = behind.kind === 'free';
    return {
      title: `Give the BAT the ${formatCount(needed - now)} entries that it lacks`,
      detail: isFree
        ? `The new entries are free: the end of the disk can be read and written again. ${how}`
        : 'What stands behind the table is neither zeros nor ones: it may be the entries that are lacking.',
      risk: isFree ? 'none' : 'data',
      certain: isFree,
      options: isFree ? undefined : optionsFor(behind, how),
      apply: async (option) => {
        if (option !== TAKE_ENTRIES) {
          if (moves) await growInPlace(context, view, room, needed);
          else await moveTable(context, view, needed);
        }
        await setCount(context, needed);
      },
    };
  },
};

function optionsFor({ kind, allocatedBlocks }: BehindTable, how: string): RepairOption[] {
  const free: RepairOption = {
    name: 'free',
    title: 'Add free entries',
    detail: `The end of the disk then reads as zeros, or as the parent. Blocks that are named there are found no more, except by rescue. ${how}`,
    risk: 'data',
  };
  if (kind !== 'entries') return [free];
  return [
    {
      name: TAKE_ENTRIES,
      title: 'Take the entries that stand there',
      detail: `With them the table names ${counted(allocatedBlocks, 'whole block', 'whole blocks')}, none over another, as if only the number of entries had been changed. The end of the disk then shows what these hold.`,
      risk: 'data',
    },
    free,
  ];
}

async function growInPlace(context: RepairContext, view: BatView, room: Room, needed: number): Promise<void> {
  const { file } = context;
  await clearRoom(context, view, room);
  const now = view.bat.entries.length;
  const free = new Uint8Array(batSizeBytes(needed) - now * BAT_ENTRY_SIZE_BYTES).fill(0xff);
  await file.writeAt(free, view.batOffset + now * BAT_ENTRY_SIZE_BYTES);
}

async function moveTable(context: RepairContext, view: BatView, needed: number): Promise<void> {
  const { file, metadata } = context;
  const end = new DataEnd(file, metadata);
  const offset = end.reserve(batSizeBytes(needed));
  await file.writeAt(tableBytes(view.bat.entries, needed), offset);
  await end.finish();
  await editHeader(file, metadata, (bytes) => writeU64(bytes, 16, offset));
}
