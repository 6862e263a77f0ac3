import { MAP_CELL_STATES, type MapCellState } from '../../../src-shared/model';

export const stateIndex = (state: MapCellState): number => MAP_CELL_STATES.indexOf(state);

/** Cells that are a problem: found by "next problem", drawn hatched, and winning when cells are merged. */
export const PROBLEM_STATES: readonly MapCellState[] = ['overlap', 'outside', 'unaligned'];

/**
 * Colours for what is read from the parent, its parent, and so on; the last one stands for all that are farther. The
 * first is the colour of the state `parent`.
 */
export const ANCESTOR_TOKENS = [
  '--color-map-parent',
  '--color-map-ancestor-2',
  '--color-map-ancestor-3',
  '--color-map-ancestor-4',
] as const;

/** Errors first: a merged cell shows the worst of what it holds. */
const PRIORITY: readonly MapCellState[] = [
  'overlap',
  'outside',
  'unaligned',
  'unreferenced',
  'partial',
  'allocated',
  'zero',
  'parent',
  'metadata',
  'footer',
  'unallocated',
];

/** Rank by state index: larger wins. Behind the states are the shades of farther ancestors, which rank as the parent. */
export const STATE_RANKS: Uint8Array = Uint8Array.from(
  [...MAP_CELL_STATES, ...Array<MapCellState>(ANCESTOR_TOKENS.length - 1).fill('parent')],
  (state) => PRIORITY.length - PRIORITY.indexOf(state),
);

export const PROBLEM_INDEXES: ReadonlySet<number> = new Set(PROBLEM_STATES.map(stateIndex));

/** Which token colours a state (styles/tokens.css). */
export const STATE_TOKENS: Readonly<Record<MapCellState, string>> = {
  unallocated: '--color-map-unallocated',
  allocated: '--color-map-data',
  partial: '--color-map-partial',
  zero: '--color-map-zero',
  parent: '--color-map-parent',
  overlap: '--color-map-error',
  outside: '--color-map-error',
  unaligned: '--color-map-gap',
  metadata: '--color-map-metadata',
  unreferenced: '--color-map-gap',
  footer: '--color-map-footer',
};
