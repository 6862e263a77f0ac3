import { ref } from 'vue';

export const CONTEXT_TARGET_ID = 'platter-context';
/** Width of the panel beside the content, in CSS pixels, where the window is not wide (`w-66` of ContextPanel). */
export const CONTEXT_PANEL_PX = 264;
export const STATUS_TARGET_ID = 'platter-status';

/** How many screens have something in the context panel now; the panel is not there while it would be empty. */
export const contextUsers = ref(0);
