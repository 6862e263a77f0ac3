import { ref } from 'vue';

export const CONTEXT_TARGET_ID = 'platter-context';
export const STATUS_TARGET_ID = 'platter-status';

/** How many screens have something in the context panel now; the panel is not there while it would be empty. */
export const contextUsers = ref(0);
