import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';
import { decodeSectors } from './cell-list';

/** Neighbouring blocks of one state: the map in words. */
export interface MapRun {
  readonly firstBlock: number;
  readonly count: number;
  readonly state: MapCellState;
  readonly guestOffset: number;
  readonly lengthBytes: number;
  /** Byte offset of the first block's data; null where it is not stored here. */
  readonly fileOffset: number | null;
}

/** Runs of equal state in guest order. */
export function mapRuns(map: MapView): MapRun[] {
  const sectors = decodeSectors(map);
  const runs: MapRun[] = [];
  for (let first = 0; first < map.blockCount;) {
    const state = map.states[first] ?? 0;
    let end = first + 1;
    while (end < map.blockCount && map.states[end] === state) end += 1;
    const sector = sectors[first];
    const guestOffset = first * map.blockSizeBytes;
    runs.push({
      firstBlock: first,
      count: end - first,
      state: MAP_CELL_STATES[state] ?? 'unallocated',
      guestOffset,
      lengthBytes: Math.min(end * map.blockSizeBytes, map.virtualSizeBytes) - guestOffset,
      fileOffset: sector === undefined || sector === BAT_UNUSED ? null : sector * 512 + map.sectorBitmapBytes,
    });
    first = end;
  }
  return runs;
}

/** Runs as comma-separated values, one header line. */
export function runsToCsv(runs: readonly MapRun[]): string {
  const lines = runs.map((run) =>
    [run.firstBlock, run.count, run.state, run.guestOffset, run.lengthBytes, run.fileOffset ?? ''].join(','),
  );
  return ['firstBlock,count,state,guestOffset,lengthBytes,fileOffset', ...lines, ''].join('\n');
}

/** Runs as JSON, with the block size they count in. */
export function runsToJson(map: MapView, runs: readonly MapRun[]): string {
  const { blockSizeBytes, virtualSizeBytes, fileSizeBytes, blockCount, areas } = map;
  return `${JSON.stringify({ blockSizeBytes, virtualSizeBytes, fileSizeBytes, blockCount, runs, areas }, null, 2)}\n`;
}
