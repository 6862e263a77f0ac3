import { MAP_CELL_STATES, type MapView } from '../../../src-shared/model';
import { ANCESTOR_TOKENS, stateIndex } from './map-states';

const PARENT = stateIndex('parent');

/** What a cell that is read from an ancestor is drawn by: the state `parent`, or a number behind all states. */
export function ancestorCode(generation: number): number {
  const shade = Math.min(Math.max(1, generation), ANCESTOR_TOKENS.length);
  return shade === 1 ? PARENT : MAP_CELL_STATES.length + shade - 2;
}

/** What each block is drawn by: its state, or which ancestor it is read from. */
export function drawnStates({ states, owners, ownerNames }: MapView): Uint8Array {
  if (ownerNames.length < 2) return states;
  return states.map((state, block) => (state === PARENT ? ancestorCode(owners[block] ?? 1) : state));
}

/** One shade of what is read from ancestors. */
export interface AncestorShade {
  readonly code: number;
  readonly token: string;
  /** Null: more than one ancestor has this shade. */
  readonly path: string | null;
  readonly count: number;
}

/** The shades in use, nearest first; none where the only ancestor is the parent. */
export function ancestorShades(drawn: Uint8Array, ownerNames: readonly string[]): AncestorShade[] {
  if (ownerNames.length < 2) return [];
  const totals = new Map<number, number>();
  for (const code of drawn) totals.set(code, (totals.get(code) ?? 0) + 1);
  return ANCESTOR_TOKENS.flatMap((token, index) => {
    const code = ancestorCode(index + 1);
    const count = totals.get(code) ?? 0;
    const isShared = index === ANCESTOR_TOKENS.length - 1 && ownerNames.length > ANCESTOR_TOKENS.length;
    return count > 0 ? [{ code, token, path: isShared ? null : (ownerNames[index] ?? null), count }] : [];
  });
}
