import { defineStore } from 'pinia';
import { ref } from 'vue';
import { DEFAULT_SETTINGS, type Settings } from '../../src-shared/model';
import type { Input } from '../../src-shared/ipc';
import { api } from '../api';
import { sizeUnits } from '../i18n/format';
import { usePreferences } from './preferences';

/** The settings that main keeps in a file of its own. The theme in force is main's, once it is known. */
export const useSettings = defineStore('settings', () => {
  const current = ref<Settings>(DEFAULT_SETTINGS);

  function take(settings: Settings): void {
    current.value = settings;
    usePreferences().theme = settings.theme;
    sizeUnits.value = settings.units;
  }

  async function load(): Promise<void> {
    take(await api().call('settings.get', {}));
  }

  async function change(part: Input<'settings.set'>): Promise<void> {
    take(await api().call('settings.set', part));
  }

  return { current, take, load, change };
});
