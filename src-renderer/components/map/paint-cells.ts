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
    for (let column = 0; column < count; column += 1) {
      const from = lineStart + column * cellPx;
      pixels.fill(
        palette[states[first + column] ?? 0] ?? background,
        from,
        Math.min(from + inner, lineStart + widthPx),
      );
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

/**
 * One frame of the change between two orders: every block between where it was and where it will be. Blocks without
 * a place in one of the orders fade with `share`.
 */
export function paintMorph(
  pixels: Uint32Array,
  frame: PaintFrame,
  from: (block: number) => number,
  to: (block: number) => number,
  blockStates: Uint8Array,
  palette: Uint32Array,
  background: number,
  share: number,
): void {
  const { widthPx, heightPx, columns, cellPx } = frame;
  pixels.fill(background);
  const inner = cellPx >= GAP_FROM_PX ? cellPx - 1 : cellPx;
  const top = frame.firstRow * cellPx + frame.offsetPx;
  for (let block = 0; block < blockStates.length; block += 1) {
    const start = from(block);
    const end = to(block);
    if (start < 0 || end < 0) continue;
    const x = Math.round(lerp((start % columns) * cellPx, (end % columns) * cellPx, share));
    const y = Math.round(lerp(Math.floor(start / columns), Math.floor(end / columns), share) * cellPx) - top;
    if (x < 0 || x + inner > widthPx || y < 0 || y >= heightPx) continue;
    const colour = palette[blockStates[block] ?? 0] ?? background;
    for (let line = y; line < Math.min(heightPx, y + inner); line += 1) {
      const at = line * widthPx + x;
      if (inner === 1) pixels[at] = colour;
      else pixels.fill(colour, at, at + inner);
    }
  }
}

const lerp = (a: number, b: number, share: number): number => a + (b - a) * share;
