import { AppError } from '../../../../src-shared/errors';
import type { FieldVerdict, InspectedField, InspectedStructure } from '../../../../src-shared/model/inspect';
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import { toHex } from '../../../../src-shared/vhd/text';
import { countSetSectors, endOfRun, isSectorSet } from '../../format';
import { readUpTo } from '../../io';
import type { EntryState } from '../bat-analysis';
import type { CheckContext } from '../context';

/** Entries shown where none is asked for. */
const ENTRIES_SHOWN = 64;
const RUNS_SHOWN = 32;

const STATE_WORDS: Readonly<Record<EntryState, { readonly verdict: FieldVerdict; readonly reason: string }>> =
  {
    unallocated: { verdict: 'unused', reason: 'All ones: the block is not stored.' },
    sound: { verdict: 'right', reason: 'The block lies in the file, clear of everything else.' },
    outside: { verdict: 'wrong', reason: 'The block begins behind the end of the file.' },
    cutOff: { verdict: 'wrong', reason: 'The block reaches over the end of the file.' },
    inFooter: { verdict: 'wrong', reason: 'The block reaches over the footer.' },
    inMetadata: { verdict: 'wrong', reason: 'The block lies over metadata.' },
    overlapping: { verdict: 'wrong', reason: 'The block shares bytes with another one.' },
  };

/** One BAT entry, or the first of them. @throws AppError `bad-value` where there is no such entry. */
export function inspectBat(context: CheckContext, index: number | undefined): InspectedStructure {
  const { facts, metadata } = context;
  const table = metadata.bat;
  const offset = facts.bat?.offset ?? 0;
  if (!table || !facts.bat) return { structure: 'bat', offset, length: 0, present: false, fields: [] };
  requireIndex(index, table.entries.length, 'BAT entry');
  const first = index ?? 0;
  const end = index === undefined ? Math.min(table.entries.length, ENTRIES_SHOWN) : index + 1;
  const fields: InspectedField[] = [];
  for (let at = first; at < end; at += 1)
    fields.push(inspectEntry(context, at, table.entries.at(at) ?? BAT_UNUSED));
  return {
    structure: 'bat',
    ...(index === undefined ? {} : { index }),
    offset,
    length: facts.bat.end - facts.bat.offset,
    present: table.entries.length > 0,
    fields,
  };
}

function inspectEntry({ bat, facts }: CheckContext, index: number, sector: number): InspectedField {
  const offset = (facts.bat?.offset ?? 0) + index * BAT_ENTRY_SIZE_BYTES;
  const isBeyond = facts.neededEntries !== null && index >= facts.neededEntries;
  const state = bat?.stateAt(index) ?? (sector === BAT_UNUSED ? 'unallocated' : 'sound');
  const words =
    isBeyond && sector !== BAT_UNUSED
      ? { verdict: 'wrong' as const, reason: 'The disk ends before this block.' }
      : STATE_WORDS[state];
  return {
    name: `entry${index}`,
    title: `Block ${formatCount(index)}`,
    offset,
    length: BAT_ENTRY_SIZE_BYTES,
    raw: sector.toString(16).padStart(8, '0'),
    value:
      sector === BAT_UNUSED
        ? 'not allocated'
        : `sector ${formatCount(sector)} (byte ${formatCount(sector * SECTOR_SIZE_BYTES)})`,
    ...words,
    meaning: "The sector of the block's bitmap, which the data follows.",
    section: 'Block Allocation Table',
    ...(sector === BAT_UNUSED ? {} : { target: sector * SECTOR_SIZE_BYTES }),
  };
}

/** The sector bitmap of one block, its runs as fields. @throws AppError `bad-value` where there is no such block. */
export async function inspectSectorBitmap(context: CheckContext, index: number): Promise<InspectedStructure> {
  const { bat, facts, file } = context;
  if (!bat || facts.blockSizeBytes === null)
    return { structure: 'sectorBitmap', index, offset: 0, length: 0, present: false, fields: [] };
  requireIndex(index, bat.entries.length, 'block');
  const offset = bat.offsetAt(index);
  if (offset === null)
    return {
      structure: 'sectorBitmap',
      index,
      offset: 0,
      length: facts.bitmapBytes,
      present: false,
      fields: [],
    };
  const stored = await readUpTo(file, offset, facts.bitmapBytes);
  const bitmap = new Uint8Array(facts.bitmapBytes);
  bitmap.set(stored);
  const sectors = facts.blockSizeBytes / SECTOR_SIZE_BYTES;
  const set = countSetSectors(bitmap, sectors);
  const state = bat.stateAt(index);
  const summary: InspectedField = {
    name: 'setSectors',
    title: 'Sectors marked',
    offset,
    length: facts.bitmapBytes,
    raw: `${toHex(bitmap.subarray(0, 64))}${bitmap.length > 64 ? '…' : ''}`,
    value: `${formatCount(set)} of ${formatCount(sectors)}`,
    verdict: state === 'sound' ? 'right' : 'wrong',
    reason: STATE_WORDS[state].reason,
    meaning: 'One bit a sector, the highest bit of a byte first: set where this file holds the sector.',
    section: 'Data Blocks',
    target: offset + facts.bitmapBytes,
  };
  return {
    structure: 'sectorBitmap',
    index,
    offset,
    length: facts.bitmapBytes,
    present: stored.length > 0,
    fields: [summary, ...runsOf(bitmap, sectors, offset, facts.bitmapBytes)],
  };
}

function runsOf(bitmap: Uint8Array, sectors: number, offset: number, bitmapBytes: number): InspectedField[] {
  const runs: InspectedField[] = [];
  for (let sector = 0; sector < sectors && runs.length < RUNS_SHOWN;) {
    const end = endOfRun(bitmap, sector, sectors);
    const isSet = isSectorSet(bitmap, sector);
    runs.push({
      name: `sectors${sector}`,
      title:
        end - sector === 1
          ? `Sector ${formatCount(sector)}`
          : `Sectors ${formatCount(sector)} to ${formatCount(end - 1)}`,
      offset: offset + (sector >> 3),
      length: ((end - 1) >> 3) - (sector >> 3) + 1,
      raw: '',
      value: isSet ? 'stored here' : 'not stored here',
      verdict: isSet ? 'right' : 'unused',
      reason: isSet ? 'The bits are set.' : 'The bits are clear: zeros, or the parent.',
      meaning: 'A run of equal bits.',
      section: 'Data Blocks',
      target: offset + bitmapBytes + sector * SECTOR_SIZE_BYTES,
    });
    sector = end;
  }
  return runs;
}

/** @throws AppError `bad-value` where there is no such number. */
export function requireIndex(index: number | undefined, count: number, what: string): void {
  if (index === undefined || (Number.isSafeInteger(index) && index >= 0 && index < count)) return;
  throw new AppError('bad-value', `There is no ${what} ${index}; the image has ${formatCount(count)}.`);
}
