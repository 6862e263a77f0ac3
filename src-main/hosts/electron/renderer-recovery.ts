import { dialog, type BrowserWindow } from 'electron';
import type { Services } from '../../services/app';
import { logProblem } from '../../services/log';

const CRASHES_MAX = 3;
const CRASHES_WITHIN_MS = 60_000;

/** Brings the page back after it crashed, with the files that were open; jobs do not notice. */
export class RendererRecovery {
  readonly #services: Services;
  #crashes: number[] = [];

  constructor(services: Services) {
    this.#services = services;
  }

  watch(window: BrowserWindow): void {
    const { webContents } = window;
    webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      logProblem(`The window's process ended: ${reason}.`);
      const now = Date.now();
      this.#crashes = [...this.#crashes.filter((at) => now - at < CRASHES_WITHIN_MS), now];
      if (this.#crashes.length > CRASHES_MAX) void this.#giveUp(window);
      else this.#reload(window);
    });
    // A page that loads anew, for whatever reason, asks again for what was open.
    webContents.on('did-start-loading', () => this.#services.startup.pageIsGone());
    window.on('unresponsive', () => void this.#askToReload(window));
  }

  #reload(window: BrowserWindow): void {
    // The process must be gone for good before the next one starts.
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload();
    }, 50);
  }

  async #askToReload(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: 'The window does not answer.',
      detail: 'Jobs go on in any case. Reloading opens the same images again.',
      buttons: ['Wait', 'Reload'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response === 1 && !window.isDestroyed()) window.webContents.reload();
  }

  async #giveUp(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: 'The window crashed several times in a row.',
      detail: 'No image was changed by that, and running jobs go on.',
      buttons: ['Try again', 'Close'],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    this.#crashes = [];
    if (response === 0) this.#reload(window);
    else window.close();
  }
}
