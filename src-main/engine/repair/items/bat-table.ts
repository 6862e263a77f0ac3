/** The BAT as a whole: its place and the number of its entries. */
import { writeU32, writeU64 } from '../../../../src-shared/vhd/bytes';
import {
  BAT_ENTRY_SIZE_BYTES,
  BAT_UNUSED,
  DYNAMIC_HEADER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../../src-shared/vhd/constants';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import { locateMetadata } from '../../disk/metadata';
import { batSizeBytes, BatEntries, encodeBat } from '../../format';
import { editHeader, isHeaderSound } from '../edit-structures';
import type { RepairContext, RepairOffer, RepairRecipe } from '../recipe';
import { viewBat, type BatView } from './bat-entries';
import { DataEnd } from './data-end';
import { deriveHeader } from './header-derive';

export const DEPENDS_ON = ['header-checksum', 'header-cookie'];
/** A table of more is not written in one piece: 8 million entries, far beyond 2040 GiB of usual blocks. */
export const TABLE_BYTES_MAX = 32 * 1024 * 1024;

/** Of the header as it is now: items may have moved what stood around it. */
export const setCount = async ({ file }: RepairContext, count: number): Promise<void> =>
  editHeader(file, await locateMetadata(file), (bytes) => writeU32(bytes, 28, count));

const surplusEntries: RepairRecipe = {
  codes: ['table-surplus-entries'],
  dependsOn: [...DEPENDS_ON, 'bat-entries-beyond-disk'],
  offer: async (context) => {
    const view = await viewBat(context);
    const needed = view?.facts.neededEntries ?? null;
    const now = context.metadata.header?.fields.maxTableEntries ?? 0;
    if (!view || needed === null || needed === 0 || now <= needed || !isHeaderSound(context.metadata))
      return null;
    // COMPAT(blktap): the batmap is looked for behind the last entry
    if (view.facts.batmap || view.bat.beyondDisk.count > 0) return null;
    const isXen = context.metadata.active?.fields.creatorApplication === 'tap\0';
    return {
      title: `Lower the number of BAT entries to ${formatCount(needed)}`,
      detail: `The ${formatCount(now - needed)} entries beyond the disk are not in use; they stay where they are as padding.`,
      risk: 'none',
      certain: !isXen,
      apply: () => setCount(context, needed),
    };
  },
};

const overBlocks: RepairRecipe = {
  codes: ['table-over-blocks'],
  dependsOn: DEPENDS_ON,
  offer: async (context) => {
    const view = await viewBat(context);
    const needed = view?.facts.neededEntries ?? null;
    if (needed === null || needed === 0 || !isHeaderSound(context.metadata)) return null;
    return {
      title: `Set the number of BAT entries to ${formatCount(needed)}`,
      detail: 'This is what the size of the disk needs; what stands behind is no part of the table.',
      risk: 'low',
      certain: true,
      apply: () => setCount(context, needed),
    };
  },
};

export function tableBytes(entries: BatEntries, count: number): Uint8Array {
  const bytes = new Uint8Array(batSizeBytes(count)).fill(0xff);
  bytes.set(encodeBat(entries.slice(0, count)));
  return bytes;
}

const truncated: RepairRecipe = {
  codes: ['bat-truncated'],
  dependsOn: DEPENDS_ON,
  offer: async (context) => {
    const view = await viewBat(context);
    const needed = view?.facts.neededEntries ?? null;
    const { header, bat } = context.metadata;
    if (!view || !header || !bat || needed === null || needed === 0 || !isHeaderSound(context.metadata))
      return null;
    if (batSizeBytes(needed) > TABLE_BYTES_MAX) return null;
    return truncatedOffer(context, view, needed);
  },
};

function truncatedOffer(context: RepairContext, view: BatView, needed: number): RepairOffer {
  const { file, metadata } = context;
  const { bat, batOffset, facts } = view;
  const tableEnd = batOffset + batSizeBytes(needed);
  const kept = new Uint32Array(needed).fill(BAT_UNUSED);
  let lost = 0;
  for (let index = 0; index < Math.min(needed, bat.entries.length); index += 1) {
    const sector = bat.entries.at(index) ?? BAT_UNUSED;
    if (sector === BAT_UNUSED || sector === 0) continue;
    // an entry that lies where the footer was, or that points into the table, is none
    const isEntry = batOffset + (index + 1) * BAT_ENTRY_SIZE_BYTES <= facts.dataEndOffset;
    if (isEntry && bat.stateAt(index) === 'sound' && sector * SECTOR_SIZE_BYTES >= tableEnd)
      kept[index] = sector;
    else lost += 1;
  }
  const hasNone = lost === 0 && kept.every((sector) => sector === BAT_UNUSED);
  return {
    title: hasNone ? 'Write the empty table again' : 'Write the table again with the entries that are left',
    detail: `${formatCount(needed)} entries; those that cannot be read${lost > 0 ? `, and ${formatCount(lost)} that cannot be right,` : ''} become free. The footer goes behind the table.`,
    risk: hasNone ? 'none' : 'data',
    certain: hasNone,
    proven: hasNone && facts.dataEndOffset < tableEnd + facts.bitmapBytes,
    options: hasNone
      ? undefined
      : [
          {
            name: 'rewrite',
            title: 'Write the table again',
            detail:
              'Blocks whose entries are lost stay in the file without being found; rescue may find them.',
            risk: 'data',
          },
        ],
    assumptions: hasNone
      ? [
          'No block can be allocated: the table holds no entry, and the file has no room for a block behind it.',
        ]
      : [],
    apply: async () => {
      const end = new DataEnd(file, metadata);
      if (end.offset < tableEnd) end.reserve(0, tableEnd);
      await file.writeAt(tableBytes(BatEntries.of(kept), needed), batOffset);
      await end.finish();
      const count = metadata.header?.fields.maxTableEntries ?? needed;
      if (count > needed) await setCount(context, needed);
    },
  };
}

const outside: RepairRecipe = {
  codes: ['bat-outside'],
  dependsOn: DEPENDS_ON,
  offer: async (context) => {
    const { file, metadata } = context;
    const { header, fileSizeBytes, footer, active } = metadata;
    const size = active?.fields.currentSizeBytes ?? null;
    if (!header || !isHeaderSound(metadata) || size === null || !Number.isSafeInteger(size)) return null;
    const derived = await deriveHeader(file, {
      headerOffset: header.offset,
      currentSizeBytes: size,
      dataEndOffset: footer?.offset ?? fileSizeBytes,
      fileSizeBytes,
    });
    if (derived?.blockSizeBytes !== header.fields.blockSizeBytes) return null;
    const isUsual = derived.tableOffset === header.offset + DYNAMIC_HEADER_SIZE_BYTES;
    return {
      title: `Point to the BAT at byte ${derived.tableOffset}`,
      detail: `A table that fits the disk stands ${isUsual ? 'directly behind the header, where it usually is' : 'there'}; it holds ${formatCount(derived.allocatedBlocks)} blocks.`,
      risk: 'data',
      certain: false,
      assumptions: [
        'What stands there is the table of this disk: all its entries are free or point to whole blocks.',
      ],
      apply: () => editHeader(file, metadata, (bytes) => writeU64(bytes, 16, derived.tableOffset)),
    };
  },
};

export const batTableRecipes: readonly RepairRecipe[] = [outside, overBlocks, truncated];
/** After the entries beyond the disk were settled. */
export const surplusRecipes: readonly RepairRecipe[] = [surplusEntries];
