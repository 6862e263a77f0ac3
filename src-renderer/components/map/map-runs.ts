import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';
import { stateIndex } from './map-states';

/** Neighbouring blocks of one state: the map in words. */
export interface MapRun {
  readonly firstBlock: number;
  readonly count: number;
  readonly state: MapCellState;
  readonly guestOffset: number;
  readonly lengthBytes: number;
  /** Byte offset of the first block's data; null where it is not stored here. */
  readonly fileOffset: number | null;
  /** The ancestor that stores it; null where none does. */
  readonly storedIn: string | null;
}

const PARENT = stateIndex('parent');

/** First blocks of the runs of equal state (and equal owner) in guest order. */
export function runStarts({ states, owners }: MapView): Uint32Array {
  const starts = new Uint32Array(states.length);
  let count = 0;
  for (let block = 0; block < states.length; block += 1) {
    const isSame =
      block > 0 &&
      states[block] === states[block - 1] &&
      (states[block] !== PARENT || owners[block] === owners[block - 1]);
    if (!isSame) starts[count++] = block;
  }
  return starts.slice(0, count);
}

/** The runs `[from, to)` of those that `runStarts` found. */
export function runsBetween(
  map: MapView,
  sectors: Uint32Array,
  starts: Uint32Array,
  from: number,
  to: number,
): MapRun[] {
  const runs: MapRun[] = [];
  for (let index = from; index < Math.min(to, starts.length); index += 1) {
    const first = starts[index] ?? 0;
    const end = starts[index + 1] ?? map.blockCount;
    const sector = sectors[first];
    const guestOffset = first * map.blockSizeBytes;
    runs.push({
      firstBlock: first,
      count: end - first,
      state: MAP_CELL_STATES[map.states[first] ?? 0] ?? 'unallocated',
      guestOffset,
      lengthBytes: Math.min(end * map.blockSizeBytes, map.virtualSizeBytes) - guestOffset,
      fileOffset: sector === undefined || sector === BAT_UNUSED ? null : sector * 512 + map.sectorBitmapBytes,
      storedIn: ownerOf(map, first),
    });
  }
  return runs;
}

/** Which ancestor a block is read from; null where none. */
export function ownerOf(map: MapView, block: number): string | null {
  if (map.states[block] !== PARENT) return null;
  return map.ownerNames[(map.owners[block] ?? 0) - 1] ?? null;
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const CSV_HEADER = 'firstBlock,count,state,guestOffset,lengthBytes,fileOffset,storedIn\n';

/** Runs as comma-separated values, without the header line. */
export const runsToCsv = (runs: readonly MapRun[]): string =>
  runs
    .map((run) =>
      [
        run.firstBlock,
        run.count,
        run.state,
        run.guestOffset,
        run.lengthBytes,
        run.fileOffset ?? '',
        quoted(run.storedIn ?? ''),
      ].join(','),
    )
    .map((line) => `${line}\n`)
    .join('');
