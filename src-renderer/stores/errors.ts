import { defineStore } from 'pinia';
import { ref } from 'vue';
import { AppError, asAppError } from '../../src-shared/errors';
import { t } from '../i18n';
import { useConnection } from './connection';

/** What Chromium and Vite's preloading say where a part of the program cannot be fetched. */
const PART_NOT_LOADED = /dynamically imported module|Unable to preload/;

/** Errors that no screen shows in its own place come here, and are shown once, in a dialog. */
export const useErrors = defineStore('errors', () => {
  const current = ref<AppError | null>(null);
  const connection = useConnection();

  function toAppError(error: unknown): AppError {
    if (!(error instanceof Error) || !PART_NOT_LOADED.test(error.message)) return asAppError(error);
    const hint = connection.lost ? t('shell.serverEnded') : t('errors.bridge.next');
    return new AppError('worker-crashed', t('shell.partFailed'), { hint, cause: error });
  }

  function show(error: unknown): void {
    const appError = toAppError(error);
    if (appError.kind !== 'cancelled') current.value = appError;
  }

  function dismiss(): void {
    current.value = null;
  }

  /** Runs something asynchronous; an error is shown and null given. */
  async function guard<T>(run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (error) {
      show(error);
      return null;
    }
  }

  return { current, show, dismiss, guard };
});
