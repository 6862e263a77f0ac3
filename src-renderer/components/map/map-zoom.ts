/** One step of zoom: how many blocks a cell stands for, and how large it is drawn in CSS pixels. */
export interface ZoomStep {
  readonly blocksPerCell: number;
  readonly cellPx: number;
}

/** From the widest to the closest. From four pixels on, one of them is a gap between cells. */
export const ZOOM_STEPS: readonly ZoomStep[] = [
  ...[256, 128, 64, 32, 16, 8, 4, 2].map((blocksPerCell) => ({ blocksPerCell, cellPx: 1 })),
  ...[1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 44].map((cellPx) => ({ blocksPerCell: 1, cellPx })),
];

export const GAP_FROM_PX = 4;

const cellsAt = (zoom: ZoomStep, count: number): number => Math.ceil(count / zoom.blocksPerCell);

export const columnsAt = (zoom: ZoomStep, widthPx: number): number =>
  Math.max(1, Math.floor(widthPx / zoom.cellPx));

export const rowsAt = (zoom: ZoomStep, count: number, widthPx: number): number =>
  Math.ceil(cellsAt(zoom, count) / columnsAt(zoom, widthPx));

/** The closest zoom at which all of `count` blocks fit into the area; the widest one where none does. */
export function fittingZoom(count: number, widthPx: number, heightPx: number): number {
  for (let index = ZOOM_STEPS.length - 1; index >= 0; index -= 1) {
    const zoom = ZOOM_STEPS[index];
    if (zoom && rowsAt(zoom, count, widthPx) * zoom.cellPx <= heightPx) return index;
  }
  return 0;
}
