import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';

/** Neighbouring blocks whose states differ in the same way. */
export interface BlockDifference {
  readonly firstBlock: number;
  readonly count: number;
  readonly a: MapCellState | null;
  readonly b: MapCellState | null;
}

export interface MapDifference {
  readonly same: number;
  readonly different: number;
  readonly runs: readonly BlockDifference[];
}

const RUNS_MAX = 10_000;
const nameOf = (state: number | undefined): MapCellState | null =>
  state === undefined ? null : (MAP_CELL_STATES[state] ?? null);

/** Blocks in another state; a block that only one disk has differs. Null where the block sizes differ. */
export function mapDifference(a: MapView, b: MapView): MapDifference | null {
  if (a.blockSizeBytes !== b.blockSizeBytes) return null;
  const total = Math.max(a.blockCount, b.blockCount);
  const runs: BlockDifference[] = [];
  let different = 0;
  for (let first = 0; first < total;) {
    const [left, right] = [a.states[first], b.states[first]];
    let end = first + 1;
    while (end < total && a.states[end] === left && b.states[end] === right) end += 1;
    if (left !== right) {
      different += end - first;
      if (runs.length < RUNS_MAX)
        runs.push({ firstBlock: first, count: end - first, a: nameOf(left), b: nameOf(right) });
    }
    first = end;
  }
  return { same: total - different, different, runs };
}
