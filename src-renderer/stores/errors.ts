import { defineStore } from 'pinia';
import { ref } from 'vue';
import { type AppError, asAppError } from '../../src-shared/errors';

/** Errors that no screen shows in its own place come here, and are shown once, in a dialog. */
export const useErrors = defineStore('errors', () => {
  const current = ref<AppError | null>(null);

  function show(error: unknown): void {
    const appError = asAppError(error);
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
