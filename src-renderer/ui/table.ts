/** One column of a DataTable. */
export interface TableColumn<Row> {
  readonly id: string;
  readonly header: string;
  /** A CSS grid track: `12rem`, `minmax(10rem, 1fr)`. */
  readonly width: string;
  /** Where there is not room for all columns this one may be left out; the smallest number goes first. */
  readonly leaves?: number;
  readonly align?: 'start' | 'end';
  readonly mono?: boolean;
  /** The header is for assistive technology only: a column of buttons. */
  readonly hideHeader?: boolean;
  /** What the cell shows where there is no `cell-<id>` slot. */
  readonly text?: (row: Row) => string;
  /** Makes the column sortable. Null sorts last. */
  readonly sortBy?: (row: Row) => string | number | null;
}

export interface TableSort {
  readonly columnId: string;
  readonly descending: boolean;
}

/** Rows in the order of a sort; equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  sort: TableSort | null,
): Row[] {
  const sortBy = columns.find((column) => column.id === sort?.columnId)?.sortBy;
  if (!sort || !sortBy) return [...rows];
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = sortBy(a);
    const right = sortBy(b);
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * String(left).localeCompare(String(right), undefined, { numeric: true });
  });
}

/** The room that columns take at least, as CSS: of lengths, fractions, and `minmax` of a length. */
export const leastWidth = (columns: readonly { readonly width: string }[]): string =>
  `calc(${columns
    .map(({ width }) => /^minmax\(([^,]+),/.exec(width)?.[1] ?? (width.endsWith('fr') ? '0px' : width))
    .join(' + ')})`;

/** Pixels that a track takes at least; 0 for a fraction. */
function leastPx(width: string, remPx: number): number {
  const least = /^minmax\(([^,]+),/.exec(width)?.[1] ?? width;
  const amount = Number.parseFloat(least);
  if (least.endsWith('rem')) return amount * remPx;
  return least.endsWith('px') ? amount : 0;
}

/** The columns that have room in a width, in their order; all while the width is not known (0). */
export function fittingColumns<Row>(
  columns: readonly TableColumn<Row>[],
  widthPx: number,
  remPx: number,
): readonly TableColumn<Row>[] {
  if (widthPx <= 0) return columns;
  let needed = columns.reduce((sum, { width }) => sum + leastPx(width, remPx), 0);
  const left = new Set<string>();
  const mayLeave = columns.filter(({ leaves }) => leaves !== undefined);
  mayLeave.sort((a, b) => (a.leaves ?? 0) - (b.leaves ?? 0));
  for (const { id, width } of mayLeave) {
    if (needed <= widthPx) break;
    needed -= leastPx(width, remPx);
    left.add(id);
  }
  return columns.filter(({ id }) => !left.has(id));
}
