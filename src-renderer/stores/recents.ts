import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { RecentFile } from '../../src-shared/model';
import { api } from '../api';

/** Images opened before, newest first; main keeps the list and looks whether they are still there. */
export const useRecents = defineStore('recents', () => {
  const files = ref<readonly RecentFile[]>([]);
  const loaded = ref(false);

  async function load(): Promise<void> {
    files.value = (await api().call('files.recent', {})).files;
    loaded.value = true;
  }

  async function forget(fileId: string): Promise<void> {
    await api().call('files.forgetRecent', { fileId });
    await load();
  }

  return { files, loaded, load, forget };
});
