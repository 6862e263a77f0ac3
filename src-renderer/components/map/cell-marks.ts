import { cellBox, type PaintFrame } from './paint-cells';
import type { CanvasSize } from './use-canvas-size';

/** Cells smaller than this, in device pixels, have no room for a hatching. */
const HATCH_FROM_PX = 8;

/** What of the cells shows now, in device pixels. */
export function frameOf(
  { widthPx, heightPx, ratio }: CanvasSize,
  zoomCellPx: number,
  columns: number,
  scrollTop: number,
): PaintFrame {
  const cellPx = Math.max(1, Math.round(zoomCellPx * ratio));
  const scrolled = Math.max(0, Math.round(scrollTop * (cellPx / zoomCellPx)));
  return {
    widthPx: Math.max(1, Math.round(widthPx * ratio)),
    heightPx: Math.max(1, Math.round(heightPx * ratio)),
    columns,
    cellPx,
    firstRow: Math.floor(scrolled / cellPx),
    offsetPx: scrolled % cellPx,
  };
}

/** A line through each cell whose state `isMarked`, so that it is told by more than its colour. */
export function hatchCells(
  context: CanvasRenderingContext2D,
  at: PaintFrame,
  states: Uint8Array,
  isMarked: (state: number) => boolean,
  ratio: number,
): void {
  if (at.cellPx < HATCH_FROM_PX) return;
  const first = at.firstRow * at.columns;
  const last = Math.min(states.length, first + at.columns * (Math.ceil(at.heightPx / at.cellPx) + 1));
  context.strokeStyle = '#000';
  context.lineWidth = Math.max(1, ratio);
  context.beginPath();
  for (let cell = first; cell < last; cell += 1) {
    if (!isMarked(states[cell] ?? 0)) continue;
    const { x, y, size: side } = cellBox(at, cell);
    context.moveTo(x + 1, y + side - 1);
    context.lineTo(x + side - 1, y + 1);
  }
  context.stroke();
}

/** A frame around one cell, larger than the cell where that is small; nothing for a cell below 0. */
export function outlineCell(
  context: CanvasRenderingContext2D,
  at: PaintFrame,
  cell: number,
  colour: string,
  width: number,
  ratio: number,
): void {
  if (cell < 0) return;
  const { x, y, size: side } = cellBox(at, cell);
  const grow = Math.max(width, side < 6 ? 3 : width);
  context.strokeStyle = colour;
  context.lineWidth = width * ratio;
  context.strokeRect(x - grow / 2, y - grow / 2, side + grow, side + grow);
}
