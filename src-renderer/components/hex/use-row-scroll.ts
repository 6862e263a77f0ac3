import { computed, onBeforeUnmount, onMounted, ref, type Ref } from 'vue';
import { ROW_PX, rowAtScroll, scrollAtRow } from './hex-rows';

/**
 * Scrolls rows of which only those in view exist, however many there are: the bar is mapped where it would be too long
 * to be exact.
 */
export function useRowScroll(rows: Readonly<Ref<number>>) {
  const scroller = ref<HTMLElement | null>(null);
  const viewPx = ref(0);
  const widthPx = ref(0);
  const firstRow = ref(0);
  const visibleRows = computed(() => Math.max(1, Math.floor(viewPx.value / ROW_PX)));
  let observer: ResizeObserver | null = null;
  /** Set while the bar is moved by us, so that its event is not taken for the person's. */
  let movingBar = false;

  function setFirstRow(row: number): void {
    firstRow.value = Math.min(Math.max(0, rows.value - visibleRows.value), Math.max(0, row));
    const bar = scroller.value;
    if (!bar) return;
    movingBar = true;
    bar.scrollTop = scrollAtRow(firstRow.value, rows.value, visibleRows.value, viewPx.value);
    requestAnimationFrame(() => (movingBar = false));
  }

  /** Scrolls no more than it takes to have a row in view. */
  function reveal(row: number): void {
    if (row < firstRow.value) setFirstRow(row - Math.floor(visibleRows.value / 4));
    else if (row >= firstRow.value + visibleRows.value)
      setFirstRow(row - Math.floor(visibleRows.value * 0.75));
  }

  function onScroll(): void {
    if (!movingBar && scroller.value) {
      firstRow.value = rowAtScroll(scroller.value.scrollTop, rows.value, visibleRows.value, viewPx.value);
    }
  }

  function onWheel(event: WheelEvent): void {
    const step = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY : event.deltaY / ROW_PX;
    setFirstRow(firstRow.value + Math.round(step || 0));
  }

  onMounted(() => {
    const box = scroller.value;
    const measure = (): void => {
      viewPx.value = box?.clientHeight ?? 0;
      widthPx.value = box?.clientWidth ?? 0;
    };
    observer = new ResizeObserver(measure);
    if (box) observer.observe(box);
    measure();
  });
  onBeforeUnmount(() => observer?.disconnect());

  return { scroller, widthPx, firstRow, visibleRows, setFirstRow, reveal, onScroll, onWheel };
}
