import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { ChosenTarget } from '../../src-shared/ipc';
import type { FileRef, FolderRef } from '../../src-shared/model';
import { api } from '../api';
import { useSession } from './session';

export type ChoosePurpose = 'image' | 'parent' | 'raw' | 'any';

/** What the browser door's own file dialog is asked for. */
export type ChooserRequest =
  | { readonly mode: 'open'; readonly purpose: ChoosePurpose; readonly multiple: boolean }
  | { readonly mode: 'folder' }
  | { readonly mode: 'save'; readonly suggestedName: string };

export interface ChooserAnswer {
  readonly files?: readonly FileRef[];
  readonly folder?: FolderRef;
  readonly target?: ChosenTarget;
}

/** Asks the person for files and places: the system's dialogs on the desktop, Platter's own in the browser door. */
export const useChooser = defineStore('chooser', () => {
  const request = ref<ChooserRequest | null>(null);
  const answer = shallowRef<((value: ChooserAnswer) => void) | null>(null);

  function ask(wanted: ChooserRequest): Promise<ChooserAnswer> {
    answer.value?.({});
    request.value = wanted;
    return new Promise((resolve) => (answer.value = resolve));
  }

  /** The dialog's answer; an empty one is a cancel. */
  function settle(value: ChooserAnswer): void {
    answer.value?.(value);
    answer.value = null;
    request.value = null;
  }

  const native = (): boolean => useSession().facts?.nativeDialogs ?? false;

  /** @returns the chosen files, none after a cancel. @throws AppError */
  async function files(purpose: ChoosePurpose, multiple = false): Promise<readonly FileRef[]> {
    if (native()) return (await api().call('files.openDialog', { purpose, multiple })).files;
    return (await ask({ mode: 'open', purpose, multiple })).files ?? [];
  }

  /** @throws AppError */
  async function folder(): Promise<FolderRef | null> {
    if (native()) return (await api().call('files.folderDialog', {})).folder;
    return (await ask({ mode: 'folder' })).folder ?? null;
  }

  /** A place for a new file. @throws AppError */
  async function target(suggestedName: string): Promise<ChosenTarget | null> {
    if (native()) return (await api().call('files.saveDialog', { suggestedName })).target;
    return (await ask({ mode: 'save', suggestedName })).target ?? null;
  }

  return { request, settle, files, folder, target };
});
