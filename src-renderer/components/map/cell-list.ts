import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import type { FileArea, MapView } from '../../../src-shared/model';
import { drawnStates } from './ancestors';
import { stateIndex } from './map-states';

export type CellOrder = 'guest' | 'file';

/** The cells of a map in one order. A cell is a block, or in file order also an area of the file that is no block. */
export interface CellList {
  readonly order: CellOrder;
  readonly states: Uint8Array;
  /** What the cells are drawn by, where that tells more than the states: which ancestor a block is read from. */
  readonly drawn?: Uint8Array;
  /** Block of each cell; below zero: area number `-1 - value` of the map. Null: cell i is block i. */
  readonly subjects: Int32Array | null;
  /** Cell of each block, -1 where it has none (unallocated in file order). Null: block i is cell i. */
  readonly cellOfBlock: Int32Array | null;
}

/** What stands in a cell. */
export type CellSubject =
  | { readonly kind: 'block'; readonly blockIndex: number }
  | { readonly kind: 'area'; readonly areaIndex: number };

/** Sectors of the blocks' bitmaps, in host order. */
export function decodeSectors(map: MapView): Uint32Array {
  const { buffer, byteOffset, byteLength } = map.sectors;
  const view = new DataView(buffer, byteOffset, byteLength);
  const sectors = new Uint32Array(Math.floor(byteLength / 4));
  for (let index = 0; index < sectors.length; index += 1) sectors[index] = view.getUint32(index * 4);
  return sectors;
}

export function guestCells(map: MapView): CellList {
  return {
    order: 'guest',
    states: map.states,
    drawn: drawnStates(map),
    subjects: null,
    cellOfBlock: null,
  };
}

const AREA_STATES: Readonly<Partial<Record<FileArea['kind'], number>>> = {
  gap: stateIndex('unreferenced'),
  unknown: stateIndex('unreferenced'),
  footer: stateIndex('footer'),
};

/** Blocks in the order in which they lie in the file, with metadata and gaps between them. */
export function fileCells(map: MapView, sectors: Uint32Array): CellList {
  if (sectors.length === 0) return { ...guestCells(map), order: 'file' };
  const blocks = sortedBlocks(sectors);
  const areas = map.areas
    .map((area, areaIndex) => ({ area, areaIndex }))
    .filter(({ area }) => area.kind !== 'blocks');
  areas.sort((a, b) => a.area.offset - b.area.offset);
  const subjects = new Int32Array(blocks.length + areas.length);
  const states = new Uint8Array(subjects.length);
  const cellOfBlock = new Int32Array(map.blockCount).fill(-1);
  let nextArea = 0;
  let cell = 0;
  const putArea = ({ area, areaIndex }: (typeof areas)[number]): void => {
    states[cell] = AREA_STATES[area.kind] ?? stateIndex('metadata');
    subjects[cell] = -1 - areaIndex;
    cell += 1;
  };
  let nextAreaOffset = areas[0]?.area.offset ?? Infinity;
  for (let index = 0; index < blocks.length; index += 1) {
    const blockIndex = blocks[index] ?? 0;
    const offset = (sectors[blockIndex] ?? 0) * 512;
    while (nextAreaOffset <= offset) {
      const area = areas[nextArea];
      if (area) putArea(area);
      nextArea += 1;
      nextAreaOffset = areas[nextArea]?.area.offset ?? Infinity;
    }
    states[cell] = map.states[blockIndex] ?? 0;
    subjects[cell] = blockIndex;
    cellOfBlock[blockIndex] = cell;
    cell += 1;
  }
  areas.slice(nextArea).forEach(putArea);
  return { order: 'file', states, subjects, cellOfBlock };
}

/** Allocated blocks by their place in the file; two at one place by their number. */
function sortedBlocks(sectors: Uint32Array): Uint32Array {
  const blocks = new Uint32Array(sectors.length);
  let count = 0;
  let isSorted = true;
  let last = 0;
  for (let block = 0; block < sectors.length; block += 1) {
    const sector = sectors[block] ?? BAT_UNUSED;
    if (sector === BAT_UNUSED) continue;
    isSorted &&= sector >= last;
    last = sector;
    blocks[count++] = block;
  }
  const allocated = blocks.subarray(0, count);
  return isSorted ? allocated : radixSort(allocated, sectors);
}

const RADIX_BITS = 11;
const RADIX = 2 ** RADIX_BITS;

/** Stable, by `keys` of 32 bits: three passes over a million numbers take a tenth of what a comparator takes. */
function radixSort(items: Uint32Array, keys: Uint32Array): Uint32Array {
  let from: Uint32Array = items;
  let to: Uint32Array = new Uint32Array(items.length);
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const starts = new Uint32Array(RADIX + 1);
    for (let index = 0; index < from.length; index += 1)
      starts[((keys[from[index]!]! >>> shift) & (RADIX - 1)) + 1]! += 1;
    for (let digit = 0; digit < RADIX; digit += 1) starts[digit + 1]! += starts[digit]!;
    for (let index = 0; index < from.length; index += 1) {
      const item = from[index]!;
      to[starts[(keys[item]! >>> shift) & (RADIX - 1)]!++] = item;
    }
    [from, to] = [to, from];
  }
  return from;
}

export function subjectOf(cells: CellList, cell: number): CellSubject | null {
  if (cell < 0 || cell >= cells.states.length) return null;
  const value = cells.subjects ? (cells.subjects[cell] ?? 0) : cell;
  return value >= 0 ? { kind: 'block', blockIndex: value } : { kind: 'area', areaIndex: -1 - value };
}

/** Cell of a block, or -1. */
export const cellOf = (cells: CellList, blockIndex: number): number =>
  cells.cellOfBlock
    ? (cells.cellOfBlock[blockIndex] ?? -1)
    : blockIndex < cells.states.length
      ? blockIndex
      : -1;

/** Next cell after `from` (before, with `backwards`) whose state is in `wanted`, around the end; -1 for none. */
export function findState(
  states: Uint8Array,
  from: number,
  wanted: ReadonlySet<number>,
  backwards: boolean,
): number {
  const count = states.length;
  for (let step = 1; step <= count; step += 1) {
    const cell = (((backwards ? from - step : from + step) % count) + count) % count;
    if (wanted.has(states[cell] ?? 0)) return cell;
  }
  return -1;
}

/** First cell of the next run (or of the run before) as seen from `from`. */
export function nextChange(states: Uint8Array, from: number, backwards: boolean): number {
  const here = states[from];
  let cell = from;
  const step = backwards ? -1 : 1;
  while (cell >= 0 && cell < states.length && states[cell] === here) cell += step;
  if (cell < 0 || cell >= states.length) return backwards ? 0 : Math.max(0, states.length - 1);
  if (!backwards) return cell;
  const before = states[cell];
  while (cell > 0 && states[cell - 1] === before) cell -= 1;
  return cell;
}
