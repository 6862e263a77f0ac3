import type { MapView } from '../../../src-shared/model';
import type { CellOrder } from './cell-list';

/** A map as it was left, so that coming back from the inspector shows it at once, and the same. */
export interface KeptMap {
  /** The reading of the file that it belongs to. */
  readonly revision: number;
  readonly map: MapView;
  readonly order: CellOrder;
  readonly selected: number;
}

/** The largest map takes 10 MB. */
const KEPT_MAX = 3;
const kept = new Map<string, KeptMap>();

export function keepMap(fileId: string, state: KeptMap): void {
  kept.delete(fileId);
  kept.set(fileId, state);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}

export function keptMap(fileId: string, revision: number): KeptMap | null {
  const state = kept.get(fileId);
  return state?.revision === revision ? state : null;
}
