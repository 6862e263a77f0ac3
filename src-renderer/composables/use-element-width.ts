import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';

/** The width of an element in CSS pixels, kept up to date; 0 before it is there. */
export function useElementWidth(element: Ref<HTMLElement | null>): { readonly widthPx: Ref<number> } {
  const widthPx = ref(0);
  let observer: ResizeObserver | null = null;
  onMounted(() => {
    const box = element.value;
    if (!box) return;
    observer = new ResizeObserver(() => (widthPx.value = box.clientWidth));
    observer.observe(box);
    widthPx.value = box.clientWidth;
  });
  onBeforeUnmount(() => observer?.disconnect());
  return { widthPx };
}
