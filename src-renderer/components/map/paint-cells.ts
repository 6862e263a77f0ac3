import { GAP_FROM_PX } from './map-zoom';

/** Where and how cells are drawn, in device pixels. */
export interface PaintFrame {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly columns: number;
  readonly cellPx: number;
  /** First row drawn, may be a fraction while scrolling: whole device pixels are kept by `offsetPx`. */
  readonly firstRow: number;
  /** How many device pixels of the first row are above the top. */
  readonly offsetPx: number;
}

/**
 * Paints cells into `pixels` (RGBA as little-endian u32, `widthPx * heightPx`), nothing else: a palette look-up a cell
 * and a fill of its rows. A million cells take milliseconds.
 */
export function paintCells(
  pixels: Uint32Array,
  frame: PaintFrame,
  states: Uint8Array,
  palette: Uint32Array,
  background: number,
): void {
  const { widthPx, heightPx, columns, cellPx, offsetPx } = frame;
  pixels.fill(background);
  if (cellPx === 1) {
    paintPoints(pixels, frame, states, palette);
    return;
  }
  const inner = cellPx >= GAP_FROM_PX ? cellPx - 1 : cellPx;
  const rows = Math.ceil((heightPx + offsetPx) / cellPx);
  for (let row = 0; row < rows; row += 1) {
    const first = (frame.firstRow + row) * columns;
    if (first >= states.length) break;
    const top = row * cellPx - offsetPx;
    const yStart = Math.max(0, top);
    const yEnd = Math.min(heightPx, top + inner);
    if (yEnd <= yStart) continue;
    // One line of pixels is built, then copied down: the lines of a row are alike.
    const lineStart = yStart * widthPx;
    const count = Math.min(columns, states.length - first);
    const lineEnd = lineStart + widthPx;
    for (let column = 0; column < count; column += 1) {
      const colour = palette[states[first + column] ?? 0] ?? background;
      const from = lineStart + column * cellPx;
      const end = Math.min(from + inner, lineEnd);
      // A call of fill costs more than a handful of pixels.
      if (inner > 8) pixels.fill(colour, from, end);
      else for (let at = from; at < end; at += 1) pixels[at] = colour;
    }
    for (let y = yStart + 1; y < yEnd; y += 1) pixels.copyWithin(y * widthPx, lineStart, lineStart + widthPx);
  }
}

function paintPoints(pixels: Uint32Array, frame: PaintFrame, states: Uint8Array, palette: Uint32Array): void {
  const { widthPx, heightPx, columns, firstRow } = frame;
  for (let y = 0; y < heightPx; y += 1) {
    const first = (firstRow + y) * columns;
    const count = Math.min(columns, states.length - first, widthPx);
    if (count <= 0) return;
    const line = y * widthPx;
    for (let column = 0; column < count; column += 1) {
      pixels[line + column] = palette[states[first + column] ?? 0] ?? 0;
    }
  }
}

/** Where one cell lies, in device pixels from the canvas' top left; it may be outside. */
export function cellBox(
  frame: PaintFrame,
  cell: number,
): { readonly x: number; readonly y: number; readonly size: number } {
  const row = Math.floor(cell / frame.columns);
  return {
    x: (cell % frame.columns) * frame.cellPx,
    y: (row - frame.firstRow) * frame.cellPx - frame.offsetPx,
    size: frame.cellPx >= GAP_FROM_PX ? frame.cellPx - 1 : frame.cellPx,
  };
}

/** The cell under a point in device pixels, or -1 outside the `count` cells. */
export function cellAt(frame: PaintFrame, x: number, y: number, count: number): number {
  const column = Math.floor(x / frame.cellPx);
  if (x < 0 || y < 0 || column >= frame.columns) return -1;
  const cell = (frame.firstRow + Math.floor((y + frame.offsetPx) / frame.cellPx)) * frame.columns + column;
  return cell < count ? cell : -1;
}
