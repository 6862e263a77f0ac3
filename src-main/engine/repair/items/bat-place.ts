/** A BAT that does not begin on a sector: moved to one, with the batmap that is looked for behind it. */
import { writeU64 } from '../../../../src-shared/vhd/bytes';
import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { readExact } from '../../io';
import { batSizeBytes } from '../../format';
import { editHeader, isHeaderSound, metadataNow } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';
import { TABLE_BYTES_MAX, tableBytes } from './bat-table';
import { DataEnd } from './data-end';
import { clearRoom, roomFor, type Room } from './room';

interface Place {
  readonly offset: number;
  /** What must be got out of the way; null where the table goes behind everything. */
  readonly room: Room | null;
}

/** The sector that the table begins in, else the next one, else behind the last block. */
function placeFor(context: RepairContext, view: BatView, entries: number): Place {
  const { batmap } = view.facts;
  const down = view.batOffset - (view.batOffset % SECTOR_SIZE_BYTES);
  for (const offset of [down, down + SECTOR_SIZE_BYTES]) {
    const tableEnd = offset + batSizeBytes(entries);
    // COMPAT(blktap): the batmap's header is looked for on the sector behind the table
    const end = tableEnd + (batmap ? SECTOR_SIZE_BYTES : 0);
    const hitsMap =
      batmap?.mapOffset != null && offset < batmap.mapOffset + batmap.mapSizeBytes && end > batmap.mapOffset;
    const room = roomFor(context, view, { start: offset, end, own: ['bat', 'batmap'] });
    if (room.isFree && !hitsMap) return { offset, room };
  }
  return { offset: new DataEnd(context.file, context.metadata).offset, room: null };
}

const batUnaligned: RepairRecipe = {
  codes: ['bat-unaligned'],
  dependsOn: ['header-checksum', 'header-cookie', 'bat-outside', 'table-over-blocks', 'bat-truncated'],
  offer: async (context) => {
    const { metadata } = context;
    const view = await viewBat(context);
    const entries = metadata.header?.fields.maxTableEntries ?? 0;
    if (!view || view.batOffset % SECTOR_SIZE_BYTES === 0 || !isHeaderSound(metadata)) return null;
    if (batSizeBytes(entries) > TABLE_BYTES_MAX || view.bat.entries.length < entries) return null;
    const { offset, room } = placeFor(context, view, entries);
    const where =
      room === null
        ? 'There is no room on a sector nearby, so it goes behind the last block.'
        : room.blocks.length > 0
          ? 'The block that begins there is moved behind the last one.'
          : 'There is room.';
    return {
      title: `Move the BAT to byte ${offset}`,
      detail: `All its entries stay as they are, on a whole sector. ${where}`,
      risk: 'none',
      certain: true,
      apply: () => moveTable(context, view, entries, { offset, room }),
    };
  },
};

async function moveTable(
  context: RepairContext,
  view: BatView,
  entries: number,
  { offset, room }: Place,
): Promise<void> {
  const { file, metadata } = context;
  const { batmap } = view.facts;
  const batmapHeader = batmap ? await readExact(file, batmap.offset, SECTOR_SIZE_BYTES) : null;
  if (room) await clearRoom(context, view, room);
  // blocks that were moved have other entries now
  const moved = await metadataNow(file);
  const table = tableBytes(moved.bat?.entries ?? view.bat.entries, entries);
  const whole = batmapHeader ? Buffer.concat([table, batmapHeader]) : table;
  if (!room) {
    const end = new DataEnd(file, metadata);
    end.reserve(whole.length);
    await file.writeAt(whole, offset);
    await end.finish();
  } else await file.writeAt(whole, offset);
  await editHeader(file, await metadataNow(file), (bytes) => writeU64(bytes, 16, offset));
}

export const batPlaceRecipes: readonly RepairRecipe[] = [batUnaligned];
