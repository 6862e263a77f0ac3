import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { LeftoverFile } from '../../src-shared/model';
import { api } from '../api';

/** Unfinished files of runs that were killed: asked about once, when the window opens. */
export const useLeftovers = defineStore('leftovers', () => {
  const files = ref<readonly LeftoverFile[]>([]);

  async function load(): Promise<void> {
    files.value = (await api().call('leftovers.list', {})).leftovers;
  }

  /** The person's answer. @returns how many were removed. @throws AppError */
  async function settle(remove: boolean): Promise<number> {
    const ids = files.value.map(({ id }) => id);
    files.value = [];
    return ids.length === 0 ? 0 : (await api().call('leftovers.settle', { ids, remove })).removed;
  }

  return { files, load, settle };
});
