import type { Ref } from 'vue';
import { findState, nextChange, type CellList } from '../../components/map/cell-list';
import { PROBLEM_INDEXES } from '../../components/map/map-states';

export interface MapKeyActions {
  readonly zoomBy: (steps: number) => void;
  readonly zoomToFit: () => void;
  readonly goTo: () => void;
  readonly open: () => void;
  /** A step led past the first (below zero) or the last cell. @returns whether there is something beyond */
  readonly beyond: (step: number) => boolean;
  /** Escape. @returns whether it meant something here */
  readonly leave: () => boolean;
}

/** Everything the map does by keyboard; the canvas has the focus. */
export function useMapKeys(
  cells: Ref<CellList | null>,
  selected: Ref<number>,
  shape: () => { readonly columns: number; readonly rows: number; readonly perCell: number },
  actions: MapKeyActions,
) {
  function problemFrom(backwards: boolean): void {
    if (!cells.value) return;
    // Nothing selected is before the first cell, or behind the last.
    const from = selected.value >= 0 ? selected.value : backwards ? 0 : -1;
    const found = findState(cells.value.states, from, PROBLEM_INDEXES, backwards);
    if (found >= 0) selected.value = found;
  }

  function moveBy(step: number): void {
    const last = (cells.value?.states.length ?? 0) - 1;
    const next = selected.value < 0 ? (step === Infinity ? last : 0) : selected.value + step;
    const isBeyond = Number.isFinite(step) && (next < 0 || next > last);
    if (!isBeyond || !actions.beyond(step)) selected.value = Math.min(last, Math.max(0, next));
  }

  const rowOf = (): number => shape().columns * shape().perCell;
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowRight: (event) => moveBy(event.ctrlKey ? rowOf() : shape().perCell),
    ArrowLeft: (event) => moveBy(event.ctrlKey ? -rowOf() : -shape().perCell),
    ArrowDown: () => moveBy(rowOf()),
    ArrowUp: () => moveBy(-rowOf()),
    PageDown: () => moveBy(rowOf() * shape().rows),
    PageUp: () => moveBy(-rowOf() * shape().rows),
    Home: () => moveBy(-Infinity),
    End: () => moveBy(Infinity),
    Enter: () => actions.open(),
    '+': () => actions.zoomBy(1),
    '=': () => actions.zoomBy(1),
    '-': () => actions.zoomBy(-1),
    '0': () => actions.zoomToFit(),
    g: () => actions.goTo(),
    e: () => problemFrom(false),
    E: () => problemFrom(true),
    n: () => jump(false),
    p: () => jump(true),
  };

  function jump(backwards: boolean): void {
    if (!cells.value) return;
    const { states, drawn = states } = cells.value;
    selected.value = nextChange(drawn, Math.max(0, selected.value), backwards);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.metaKey || event.altKey || (event.ctrlKey && !event.key.startsWith('Arrow'))) return;
    if (event.key === 'Escape' && actions.leave()) return event.preventDefault();
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  }

  return { onKey, nextProblem: () => problemFrom(false) };
}
