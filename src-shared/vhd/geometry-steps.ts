import { SECTOR_SIZE_BYTES } from './constants';
import { LARGE_GEOMETRY_SECTORS, MAX_GEOMETRY_SECTORS } from './geometry';
import { formatCount } from './format-size';

/** One step of the CHS calculation, in words and numbers. */
export interface GeometryStep {
  /** What the specification asks for at this point. */
  readonly rule: string;
  /** The rule with this disk's numbers. */
  readonly computation: string;
  /** What comes out of it. */
  readonly result: string;
}

/**
 * The CHS calculation of the specification's appendix for a disk of `sizeBytes` bytes, as a person would do it.
 * The last step names the same cylinders, heads and sectors per track as `geometryForSize`.
 */
export function geometrySteps(sizeBytes: number): GeometryStep[] {
  const steps: GeometryStep[] = [];
  const add = (rule: string, computation: string, result: string): void => {
    steps.push({ rule, computation, result });
  };
  let sectors = Math.floor(sizeBytes / SECTOR_SIZE_BYTES);
  add(
    'Count the whole sectors of 512 bytes.',
    `${formatCount(sizeBytes)} / 512`,
    `${formatCount(sectors)} sectors`,
  );
  const capped = sectors > MAX_GEOMETRY_SECTORS;
  add(
    'No geometry goes beyond 65,535 cylinders, 16 heads and 255 sectors per track.',
    `${formatCount(sectors)} > ${formatCount(MAX_GEOMETRY_SECTORS)}? ${yesNo(capped)}`,
    capped ? `go on with ${formatCount(MAX_GEOMETRY_SECTORS)} sectors` : 'go on unchanged',
  );
  sectors = Math.min(sectors, MAX_GEOMETRY_SECTORS);
  const large = sectors >= LARGE_GEOMETRY_SECTORS;
  add(
    'From 65,535 * 16 * 63 sectors on, take 255 sectors per track and 16 heads.',
    `${formatCount(sectors)} >= ${formatCount(LARGE_GEOMETRY_SECTORS)}? ${yesNo(large)}`,
    large ? '255 sectors per track, 16 heads' : 'try 17 sectors per track first',
  );
  let sectorsPerTrack = large ? 255 : 17;
  let heads = 16;
  let tracks = Math.floor(sectors / sectorsPerTrack);
  const addTracks = (): void =>
    add(
      'Divide by the sectors per track: cylinders times heads.',
      `${formatCount(sectors)} / ${sectorsPerTrack}`,
      `${formatCount(tracks)} tracks`,
    );
  addTracks();
  if (!large) {
    const wantedHeads = Math.ceil(tracks / 1024);
    heads = Math.max(4, wantedHeads);
    add(
      'Take as many heads as keep the cylinders near 1,024, but at least 4.',
      `(${formatCount(tracks)} + 1,023) / 1,024 = ${formatCount(wantedHeads)}`,
      `${formatCount(heads)} heads`,
    );
    for (const nextSectorsPerTrack of [31, 63]) {
      const fits = tracks < heads * 1024 && heads <= 16;
      add(
        `Where there are too many tracks for these heads, take ${nextSectorsPerTrack} sectors per track and 16 heads.`,
        `${formatCount(tracks)} >= ${formatCount(heads)} * 1,024${heads > 16 ? ', or more than 16 heads' : ''}? ${yesNo(!fits)}`,
        fits
          ? `keep ${sectorsPerTrack} sectors per track`
          : `${nextSectorsPerTrack} sectors per track, 16 heads`,
      );
      if (fits) break;
      sectorsPerTrack = nextSectorsPerTrack;
      heads = 16;
      tracks = Math.floor(sectors / sectorsPerTrack);
      addTracks();
    }
  }
  const cylinders = Math.floor(tracks / heads);
  add(
    'Divide the tracks by the heads: cylinders.',
    `${formatCount(tracks)} / ${heads}`,
    `${formatCount(cylinders)} cylinders, ${heads} heads, ${sectorsPerTrack} sectors per track`,
  );
  const capacity = cylinders * heads * sectorsPerTrack * SECTOR_SIZE_BYTES;
  const leftOut = sizeBytes - capacity;
  add(
    'Multiply back: what this geometry can address.',
    `${formatCount(cylinders)} * ${heads} * ${sectorsPerTrack} * 512 = ${formatCount(capacity)}`,
    leftOut === 0 ? 'exactly the disk' : `${formatCount(leftOut)} bytes at the end are left out`,
  );
  return steps;
}

function yesNo(answer: boolean): string {
  return answer ? 'yes' : 'no';
}
