import type { Ref } from 'vue';

/** How far a pointer moves before a press is a drag and no click any more. */
const DRAG_PX = 4;

/** Press, drag and click on a picture that scrolls: a drag moves it, anything shorter is a click. */
export function usePointer(parts: {
  readonly scroller: Readonly<Ref<HTMLElement | null>>;
  readonly click: (event: PointerEvent) => void;
  readonly hover: (event: PointerEvent | null) => void;
}) {
  let press: { readonly y: number; readonly scrollTop: number; isDrag: boolean } | null = null;

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    press = { y: event.clientY, scrollTop: parts.scroller.value?.scrollTop ?? 0, isDrag: false };
    // What is dragged out of the picture is still dragged.
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  }

  function move(event: PointerEvent): void {
    if (!press) return parts.hover(event);
    const by = event.clientY - press.y;
    press.isDrag ||= Math.abs(by) > DRAG_PX;
    if (press.isDrag && parts.scroller.value) parts.scroller.value.scrollTop = press.scrollTop - by;
  }

  function up(event: PointerEvent): void {
    const wasDrag = press === null || press.isDrag;
    press = null;
    if (!wasDrag) parts.click(event);
  }

  return {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: () => (press = null),
    pointerleave: () => parts.hover(null),
  };
}
