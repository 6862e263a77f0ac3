import { ref } from 'vue';

/** What screen readers are told next; LiveRegion speaks it. */
export const announcement = ref('');

/** Says something to assistive technology without moving the focus. The same text twice is spoken twice. */
export function announce(text: string): void {
  announcement.value = '';
  requestAnimationFrame(() => (announcement.value = text));
}
