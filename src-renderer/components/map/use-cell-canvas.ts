import { computed, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue';
import { frameOf } from './cell-marks';
import { columnsAt, rowsAt, type ZoomStep } from './map-zoom';
import { cellAt, type PaintFrame } from './paint-cells';
import { useCanvasSize } from './use-canvas-size';
import { usePointer } from './use-pointer';

/** What CellFrame exposes. */
interface CellView {
  readonly scroller: HTMLElement | null;
  readonly canvas: HTMLCanvasElement | null;
}

/** Where a picture is painted: its pixels as words of ImageData, and what of the cells shows in it. */
export interface CellPicture {
  readonly context: CanvasRenderingContext2D;
  readonly image: ImageData;
  readonly pixels: Uint32Array;
  readonly at: PaintFrame;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  /** The cell under the pointer as it is drawn, several cells in one where the zoom is wide; -1 for none. */
  readonly hovered: number;
  /** The frame's time in milliseconds. */
  readonly now: number;
}

/** Cells on a canvas that scrolls, zooms and is pointed at. Paints once a frame, and only when asked. */
export function useCellCanvas(parts: {
  /** A cell each, before the zoom draws several as one. */
  readonly count: () => number;
  readonly zoom: () => ZoomStep;
  readonly paint: (picture: CellPicture) => void;
  readonly hover: (cell: number) => void;
  readonly click: (cell: number, event: PointerEvent) => void;
}) {
  const view = shallowRef<CellView | null>(null);
  const scroller = computed(() => view.value?.scroller ?? null);
  const canvas = computed(() => view.value?.canvas ?? null);
  const size = useCanvasSize(scroller);
  const columns = computed(() => columnsAt(parts.zoom(), size.value.widthPx));
  const hiddenPx = computed(() => {
    const rows = rowsAt(parts.zoom(), parts.count(), size.value.widthPx);
    return Math.max(0, rows * parts.zoom().cellPx - size.value.heightPx);
  });
  let image: ImageData | null = null;
  let frameRequest = 0;
  let hovered = -1;

  const frame = (): PaintFrame =>
    frameOf(size.value, parts.zoom().cellPx, columns.value, scroller.value?.scrollTop ?? 0);

  function requestPaint(): void {
    if (!frameRequest) frameRequest = requestAnimationFrame(paint);
  }

  function paint(now: number): void {
    frameRequest = 0;
    const target = canvas.value;
    const context = target?.getContext('2d', { alpha: false });
    if (!target || !context || size.value.widthPx === 0) return;
    const at = frame();
    if (!image || image.width !== at.widthPx || image.height !== at.heightPx) {
      target.width = at.widthPx;
      target.height = at.heightPx;
      image = context.createImageData(at.widthPx, at.heightPx);
    }
    const pixels = new Uint32Array(image.data.buffer);
    parts.paint({ context, image, pixels, at, ratio: size.value.ratio, hovered, now });
  }

  /** The first cell of what is drawn under the pointer; -1 where there is none. */
  function cellUnder(event: MouseEvent): number {
    const box = canvas.value?.getBoundingClientRect();
    if (!box) return -1;
    const { ratio } = size.value;
    const { blocksPerCell } = parts.zoom();
    const [x, y] = [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
    const found = cellAt(frame(), x, y, Math.ceil(parts.count() / blocksPerCell));
    return found < 0 ? -1 : found * blocksPerCell;
  }

  function hover(event: PointerEvent | null): void {
    const cell = event ? cellUnder(event) : -1;
    const shown = cell < 0 ? -1 : Math.floor(cell / parts.zoom().blocksPerCell);
    if (shown === hovered) return;
    hovered = shown;
    parts.hover(cell);
    requestPaint();
  }

  function click(event: PointerEvent): void {
    const cell = cellUnder(event);
    if (cell >= 0) parts.click(cell, event);
  }

  /** Scrolls so that a cell is in view, with room of `marginPx` above and below it. */
  function reveal(cell: number, marginPx: number): void {
    const box = scroller.value;
    if (!box || cell < 0) return;
    const { blocksPerCell, cellPx } = parts.zoom();
    const top = Math.floor(cell / blocksPerCell / columns.value) * cellPx;
    const least = top + cellPx - size.value.heightPx + marginPx;
    if (top < box.scrollTop + marginPx) box.scrollTop = top - marginPx;
    else if (least > box.scrollTop) box.scrollTop = least;
  }

  watch(size, requestPaint);
  onMounted(requestPaint);
  onBeforeUnmount(() => cancelAnimationFrame(frameRequest));
  return {
    /** For CellFrame. */
    view,
    pointer: usePointer({ scroller, hover, click }),
    hiddenPx,
    scroller,
    canvas,
    size,
    columns,
    requestPaint,
    cellUnder,
    reveal,
    /** Other cells lie under the pointer now. */
    forgetHovered: () => (hovered = -1),
    focus: () => canvas.value?.focus(),
  };
}
