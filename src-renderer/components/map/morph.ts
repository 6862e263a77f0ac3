import { cellOf, type CellList } from './cell-list';
import { GAP_FROM_PX } from './map-zoom';
import type { PaintFrame } from './paint-cells';

/** The change between two orders: where each block that is in both was, and how far it goes, in device pixels. */
export interface Morph {
  readonly count: number;
  readonly fromX: Float32Array;
  readonly fromY: Float32Array;
  readonly deltaX: Float32Array;
  readonly deltaY: Float32Array;
  readonly states: Uint8Array;
}

/** Worked out once, so that a frame of a million blocks is only additions. Neighbours that stay together are one. */
export function planMorph(
  from: CellList,
  to: CellList,
  blockStates: Uint8Array,
  perCell: number,
  { columns, cellPx }: PaintFrame,
): Morph {
  const blocks = blockStates.length;
  const morph = {
    fromX: new Float32Array(blocks),
    fromY: new Float32Array(blocks),
    deltaX: new Float32Array(blocks),
    deltaY: new Float32Array(blocks),
    states: new Uint8Array(blocks),
  };
  let count = 0;
  let lastStart = -1;
  let lastEnd = -1;
  for (let block = 0; block < blocks; block += 1) {
    const fromCell = cellOf(from, block);
    const toCell = cellOf(to, block);
    if (fromCell < 0 || toCell < 0) continue;
    const start = Math.floor(fromCell / perCell);
    const end = Math.floor(toCell / perCell);
    if (start === lastStart && end === lastEnd) continue;
    lastStart = start;
    lastEnd = end;
    const startRow = Math.floor(start / columns);
    const endRow = Math.floor(end / columns);
    morph.fromX[count] = (start - startRow * columns) * cellPx;
    morph.fromY[count] = startRow * cellPx;
    morph.deltaX[count] = (end - endRow * columns - start + startRow * columns) * cellPx;
    morph.deltaY[count] = (endRow - startRow) * cellPx;
    morph.states[count] = blockStates[block] ?? 0;
    count += 1;
  }
  return { count, ...morph };
}

/** One frame: every block at `share` of its way. */
export function paintMorph(
  pixels: Uint32Array,
  frame: PaintFrame,
  { count, fromX, fromY, deltaX, deltaY, states }: Morph,
  palette: Uint32Array,
  background: number,
  share: number,
): void {
  const { widthPx, heightPx, cellPx } = frame;
  pixels.fill(background);
  const inner = cellPx >= GAP_FROM_PX ? cellPx - 1 : cellPx;
  const top = frame.firstRow * cellPx + frame.offsetPx;
  for (let index = 0; index < count; index += 1) {
    const y = Math.round(fromY[index]! + deltaY[index]! * share) - top;
    if (y < 0 || y >= heightPx) continue;
    const x = Math.round(fromX[index]! + deltaX[index]! * share);
    if (x < 0 || x + inner > widthPx) continue;
    const colour = palette[states[index]!] ?? background;
    if (inner === 1) {
      pixels[y * widthPx + x] = colour;
      continue;
    }
    const end = Math.min(heightPx, y + inner);
    for (let line = y; line < end; line += 1)
      pixels.fill(colour, line * widthPx + x, line * widthPx + x + inner);
  }
}
