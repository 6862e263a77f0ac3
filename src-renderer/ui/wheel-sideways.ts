import type { Directive } from 'vue';

/** A row that is wider than its room and shows no scrollbar: the wheel moves it sideways. */
export const vWheelSideways: Directive<HTMLElement> = {
  mounted(row) {
    row.addEventListener(
      'wheel',
      (event) => {
        if (event.ctrlKey || event.deltaX !== 0 || row.scrollWidth <= row.clientWidth) return;
        event.preventDefault();
        row.scrollLeft += event.deltaY;
      },
      { passive: false },
    );
  },
};
