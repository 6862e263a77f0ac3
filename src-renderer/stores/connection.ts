import { defineStore } from 'pinia';
import { ref } from 'vue';

/** Whether the program that reads the files can be reached. */
export const useConnection = defineStore('connection', () => {
  const lost = ref(false);
  return { lost };
});
