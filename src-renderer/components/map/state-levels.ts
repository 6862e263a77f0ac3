import { STATE_RANKS } from './map-states';

/** One state for every `perCell` neighbours: the worst of them. */
export function mergeStates(states: Uint8Array, perCell: number): Uint8Array {
  if (perCell === 1) return states;
  const merged = new Uint8Array(Math.ceil(states.length / perCell));
  for (let cell = 0; cell < merged.length; cell += 1) {
    const end = Math.min(states.length, (cell + 1) * perCell);
    let best = states[cell * perCell] ?? 0;
    for (let index = cell * perCell + 1; index < end; index += 1) {
      const state = states[index] ?? 0;
      if ((STATE_RANKS[state] ?? 0) > (STATE_RANKS[best] ?? 0)) best = state;
    }
    merged[cell] = best;
  }
  return merged;
}

const known = new WeakMap<Uint8Array, Map<number, Uint8Array>>();

/**
 * The same for a power of two, kept for the next time, each level made from the one below: zooming out over a million
 * cells looks at half a million, then a quarter, and so on.
 */
export function statesAt(states: Uint8Array, perCell: number): Uint8Array {
  if (perCell <= 1) return states;
  let levels = known.get(states);
  if (!levels) known.set(states, (levels = new Map<number, Uint8Array>()));
  let level = levels.get(perCell);
  if (!level) levels.set(perCell, (level = mergeStates(statesAt(states, perCell / 2), 2)));
  return level;
}
