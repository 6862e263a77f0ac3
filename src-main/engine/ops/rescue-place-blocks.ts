import type { Anchor } from './rescue-anchors';

export type Confidence = 'certain' | 'likely' | 'guess';

export interface PlacedBlock {
  readonly offset: number;
  readonly index: number;
  readonly confidence: Confidence;
}

export interface Placement {
  readonly placed: readonly PlacedBlock[];
  /** Byte offsets of blocks for which there is no place. */
  readonly unplaced: readonly number[];
}

/**
 * Gives blocks without a BAT entry their places. What anchors say is likely. Between two blocks whose places are known,
 * those in between are likely where exactly as many places are free; else they follow one another in the order in
 * which they lie in the file, the order in which most programs allocate: a guess.
 * @param known blocks of sound BAT entries.
 * @param free indexes that may be given away, ascending.
 */
export function placeBlocks(
  known: readonly PlacedBlock[],
  offsets: readonly number[],
  anchors: readonly Anchor[],
  free: readonly number[],
): Placement {
  const available = new Set(free);
  const fixed: PlacedBlock[] = [...known];
  for (const anchor of anchors) {
    if (!available.delete(anchor.index)) continue;
    fixed.push({ offset: anchor.offset, index: anchor.index, confidence: 'likely' });
  }
  const isFixed = new Set(fixed.map((block) => block.offset));
  const open = offsets.filter((offset) => !isFixed.has(offset)).sort((a, b) => a - b);
  const landmarks = [...fixed].sort((a, b) => a.offset - b.offset);
  const placed: PlacedBlock[] = [...fixed];
  const left: number[] = [];
  const indexes = [...available].sort((a, b) => a - b);
  for (const run of runsBetween(open, landmarks)) {
    const upper = run.after !== null && run.after > run.before ? run.after : Infinity;
    const places = indexes.filter((index) => available.has(index) && index > run.before && index < upper);
    const confidence = places.length === run.offsets.length && upper !== Infinity ? 'likely' : 'guess';
    run.offsets.forEach((offset, at) => {
      const index = places[at];
      if (index === undefined) left.push(offset);
      else {
        available.delete(index);
        placed.push({ offset, index, confidence });
      }
    });
  }
  // landmarks out of order leave no room between them: what is left goes where places are left
  const rest = indexes.filter((index) => available.has(index));
  left.slice(0, rest.length).forEach((offset, at) => {
    placed.push({ offset, index: rest[at] ?? 0, confidence: 'guess' });
  });
  return { placed: placed.sort((a, b) => a.index - b.index), unplaced: left.slice(rest.length) };
}

interface Run {
  readonly offsets: readonly number[];
  /** Index of the landmark before, -1 at the start. */
  readonly before: number;
  readonly after: number | null;
}

function runsBetween(open: readonly number[], landmarks: readonly PlacedBlock[]): readonly Run[] {
  const runs: Run[] = [];
  let at = 0;
  let before = -1;
  for (const landmark of [...landmarks, null]) {
    const offsets: number[] = [];
    for (; at < open.length && (landmark === null || (open[at] ?? 0) < landmark.offset); at += 1)
      offsets.push(open[at] ?? 0);
    if (offsets.length > 0) runs.push({ offsets, before, after: landmark?.index ?? null });
    if (landmark) before = landmark.index;
  }
  return runs;
}
