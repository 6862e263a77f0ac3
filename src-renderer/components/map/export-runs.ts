import type { MapView } from '../../../src-shared/model';
import { CSV_HEADER, runsBetween, runsToCsv, runStarts, type MapRun } from './map-runs';

/** Runs written between two breaths: some milliseconds' work. */
const PIECE_RUNS = 5_000;

/** A map's runs as a file, in pieces, so that half a million of them keep no one waiting. */
async function inPieces(
  map: MapView,
  sectors: Uint32Array,
  write: (runs: readonly MapRun[], isFirst: boolean) => string,
): Promise<string[]> {
  const starts = runStarts(map);
  const pieces: string[] = [];
  for (let at = 0; at < starts.length; at += PIECE_RUNS) {
    pieces.push(write(runsBetween(map, sectors, starts, at, at + PIECE_RUNS), at === 0));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return pieces;
}

export async function csvOf(map: MapView, sectors: Uint32Array): Promise<Blob> {
  return new Blob([CSV_HEADER, ...(await inPieces(map, sectors, runsToCsv))], { type: 'text/csv' });
}

/** With the block size that the runs count in, and the areas of the file. */
export async function jsonOf(map: MapView, sectors: Uint32Array): Promise<Blob> {
  const { blockSizeBytes, virtualSizeBytes, fileSizeBytes, blockCount, areas } = map;
  const facts = JSON.stringify(
    { blockSizeBytes, virtualSizeBytes, fileSizeBytes, blockCount, areas },
    null,
    2,
  );
  const runs = await inPieces(
    map,
    sectors,
    (piece, isFirst) =>
      `${isFirst ? '' : ',\n'}${piece.map((run) => `    ${JSON.stringify(run)}`).join(',\n')}`,
  );
  return new Blob([facts.slice(0, -2), ',\n  "runs": [\n', ...runs, '\n  ]\n}\n'], {
    type: 'application/json',
  });
}
