import type { Ref } from 'vue';
import { findState, nextChange, type CellList } from '../../components/map/cell-list';
import { PROBLEM_INDEXES } from '../../components/map/map-states';

export interface MapKeyActions {
  readonly zoomBy: (steps: number) => void;
  readonly zoomToFit: () => void;
  readonly goTo: () => void;
  readonly open: () => void;
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
    const found = findState(cells.value.states, Math.max(0, selected.value), PROBLEM_INDEXES, backwards);
    if (found >= 0) selected.value = found;
  }

  function moveBy(step: number): void {
    const last = (cells.value?.states.length ?? 0) - 1;
    selected.value = Math.min(last, Math.max(0, selected.value < 0 ? 0 : selected.value + step));
  }

  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowRight: (event) => moveBy(event.ctrlKey ? shape().columns * shape().perCell : shape().perCell),
    ArrowLeft: (event) => moveBy(event.ctrlKey ? -shape().columns * shape().perCell : -shape().perCell),
    ArrowDown: () => moveBy(shape().columns * shape().perCell),
    ArrowUp: () => moveBy(-shape().columns * shape().perCell),
    PageDown: () => moveBy(shape().columns * shape().rows * shape().perCell),
    PageUp: () => moveBy(-shape().columns * shape().rows * shape().perCell),
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
    if (cells.value) selected.value = nextChange(cells.value.states, Math.max(0, selected.value), backwards);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.metaKey || event.altKey || (event.ctrlKey && !event.key.startsWith('Arrow'))) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  }

  return { onKey, nextProblem: () => problemFrom(false) };
}
