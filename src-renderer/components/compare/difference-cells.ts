import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';

/** What a cell of the map of differences says of both disks, in the order of their codes. */
export const DIFFERENCE_STATES = [
  'neither',
  'same',
  'sameStored',
  'both',
  'onlyA',
  'onlyB',
  'differs',
] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

export const differenceIndex = (state: DifferenceState): number => DIFFERENCE_STATES.indexOf(state);

/** Which token colours a state (styles/tokens.css). */
export const DIFFERENCE_TOKENS: Readonly<Record<DifferenceState, string>> = {
  neither: '--color-map-unallocated',
  same: '--color-map-data',
  sameStored: '--color-map-metadata',
  both: '--color-map-partial',
  onlyA: '--color-map-gap',
  onlyB: '--color-map-parent',
  differs: '--color-map-error',
};

/** States in which the two are not the same: found by "next difference", and winning when cells are merged. */
export const UNEQUAL: ReadonlySet<number> = new Set(
  (['differs', 'onlyA', 'onlyB'] as const).map(differenceIndex),
);

export interface DifferenceCells {
  /** Guest bytes a cell stands for: the larger of the two block sizes. */
  readonly unitBytes: number;
  /** One DIFFERENCE_STATES index a cell, as far as the longer disk goes. */
  readonly states: Uint8Array;
  readonly counts: Readonly<Record<DifferenceState, number>>;
}

const WITHOUT_DATA: readonly MapCellState[] = ['unallocated', 'zero'];
/** Whether a block in that state holds anything a guest can read, by state index. */
const HOLDS_DATA = Uint8Array.from(MAP_CELL_STATES, (state) => (WITHOUT_DATA.includes(state) ? 0 : 1));

/** The cell size at which two maps can be laid over each other; null where neither block size is a multiple of the other. */
export function commonUnit(a: MapView, b: MapView): number | null {
  const unit = Math.max(a.blockSizeBytes, b.blockSizeBytes);
  return unit % a.blockSizeBytes === 0 && unit % b.blockSizeBytes === 0 ? unit : null;
}

/**
 * Both maps laid over each other.
 * @param differing one bit a cell of the unit, highest bit first, set where content differs; null before that is known.
 */
export function differenceCells(
  a: MapView,
  b: MapView,
  unitBytes: number,
  differing: Uint8Array | null,
): DifferenceCells {
  const count = Math.max(cellsOf(a, unitBytes), cellsOf(b, unitBytes));
  const [inA, inB] = [dataBy(a, unitBytes, count), dataBy(b, unitBytes, count)];
  const states = new Uint8Array(count);
  const totals = new Uint32Array(DIFFERENCE_STATES.length);
  for (let cell = 0; cell < count; cell += 1) {
    const differs = differing && ((differing[cell >> 3] ?? 0) & (0x80 >> (cell & 7))) !== 0;
    const state = CODES[stateOf(inA[cell] === 1, inB[cell] === 1, differs)];
    states[cell] = state;
    totals[state] = (totals[state] ?? 0) + 1;
  }
  const counts = Object.fromEntries(DIFFERENCE_STATES.map((state, code) => [state, totals[code] ?? 0]));
  return { unitBytes, states, counts: counts as Record<DifferenceState, number> };
}

const CODES = Object.fromEntries(DIFFERENCE_STATES.map((state, code) => [state, code])) as Readonly<
  Record<DifferenceState, number>
>;

function stateOf(inA: boolean, inB: boolean, differs: boolean | null): DifferenceState {
  if (differs === false) return inA && inB ? 'same' : inA || inB ? 'sameStored' : 'neither';
  if (inA && inB) return differs ? 'differs' : 'both';
  if (inA) return 'onlyA';
  if (inB) return 'onlyB';
  return differs ? 'differs' : 'neither';
}

const cellsOf = (map: MapView, unitBytes: number): number =>
  Math.ceil((map.blockCount * map.blockSizeBytes) / unitBytes);

/** 1 for each cell in which any block of the map holds data. */
function dataBy(map: MapView, unitBytes: number, count: number): Uint8Array {
  const perCell = unitBytes / map.blockSizeBytes;
  const held = new Uint8Array(count);
  for (let block = 0; block < map.blockCount; block += 1) {
    if (HOLDS_DATA[map.states[block] ?? 0] === 1) held[Math.floor(block / perCell)] = 1;
  }
  return held;
}

/** Runs of cells that are in one state: the map in words. */
export interface DifferenceRun {
  readonly firstCell: number;
  readonly count: number;
  readonly state: DifferenceState;
}

export function differenceRuns({ states }: DifferenceCells): DifferenceRun[] {
  const runs: DifferenceRun[] = [];
  for (let first = 0; first < states.length;) {
    const state = states[first] ?? 0;
    let end = first + 1;
    while (end < states.length && states[end] === state) end += 1;
    runs.push({ firstCell: first, count: end - first, state: DIFFERENCE_STATES[state] ?? 'neither' });
    first = end;
  }
  return runs;
}

/** One state for every `perCell` neighbours: a difference wins over what is the same. */
export function mergeDifferences(states: Uint8Array, perCell: number): Uint8Array {
  if (perCell === 1) return states;
  const merged = new Uint8Array(Math.ceil(states.length / perCell));
  for (let cell = 0; cell < states.length; cell += 1) {
    const at = Math.floor(cell / perCell);
    // Codes are in the order of their weight.
    if ((states[cell] ?? 0) > (merged[at] ?? 0)) merged[at] = states[cell] ?? 0;
  }
  return merged;
}

/** The next cell that is not the same on both sides, seen from `from`, around the end; -1 for none. */
export function nextUnequal(states: Uint8Array, from: number, backwards: boolean): number {
  const count = states.length;
  for (let step = 1; step <= count; step += 1) {
    const cell = (((backwards ? from - step : from + step) % count) + count) % count;
    if (UNEQUAL.has(states[cell] ?? 0)) return cell;
  }
  return -1;
}
