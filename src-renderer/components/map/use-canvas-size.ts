import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

export interface CanvasSize {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

/** The size of an element in CSS pixels and the screen's pixel ratio, kept up to date. */
export function useCanvasSize(element: Readonly<Ref<HTMLElement | null>>): Ref<CanvasSize> {
  const size = ref<CanvasSize>({ widthPx: 0, heightPx: 0, ratio: 1 });
  let observer: ResizeObserver | null = null;
  const measure = (): void => {
    const box = element.value;
    if (box)
      size.value = {
        widthPx: box.clientWidth,
        heightPx: box.clientHeight,
        ratio: window.devicePixelRatio || 1,
      };
  };
  onMounted(() => {
    observer = new ResizeObserver(measure);
    if (element.value) observer.observe(element.value);
    window.addEventListener('resize', measure);
    measure();
  });
  onBeforeUnmount(() => {
    observer?.disconnect();
    window.removeEventListener('resize', measure);
  });
  return size;
}
