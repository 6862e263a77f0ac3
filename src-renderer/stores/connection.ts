import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

/** Why there are no answers: none came at all, or the server there does not know this page (another run of it). */
export type Loss = 'unreachable' | 'refused';

/** Whether the program that reads the files can be reached. */
export const useConnection = defineStore('connection', () => {
  const loss = ref<Loss | null>(null);
  const lost = computed(() => loss.value !== null);
  return { loss, lost };
});
