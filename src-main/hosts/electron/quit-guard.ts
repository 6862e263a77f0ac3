import { app, dialog, powerMonitor, type BrowserWindow } from 'electron';
import type { JobService } from '../../services/jobs/job-service';
import { describeUnfinished } from './quit-text';

const CHOICES = ['Keep running, then quit', 'Stop safely and quit', 'Cancel'] as const;
const KEEP_RUNNING = 0;
const STOP = 1;
const CANCEL = 2;

/**
 * Keeps a program from being closed under a running job unasked. The person may let it finish out of sight, stop it
 * safely (nothing half-written stays; what was changed in place has its journal), or go on as if nothing had been.
 */
export class QuitGuard {
  readonly #jobs: JobService;
  readonly #window: () => BrowserWindow | null;
  #isAsking = false;
  #mayQuit = false;
  #quitsWhenDone = false;

  constructor(jobs: JobService, window: () => BrowserWindow | null) {
    this.#jobs = jobs;
    this.#window = window;
  }

  watchProgram(): void {
    app.on('before-quit', (event) => this.#hold(event));
    // The machine goes down (Linux, macOS): there is time to stop safely, none to ask.
    powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
      if (this.#jobs.unfinished().length === 0) return;
      event?.preventDefault();
      void this.#stop();
    });
  }

  watchWindow(window: BrowserWindow): void {
    // On a Mac a window may close while the program stays; elsewhere closing the last one is quitting.
    window.on('close', (event) => this.#hold(event));
    // Windows is about to end the session: asking for time is all that can be done.
    window.on('query-session-end', (event) => {
      if (this.#jobs.unfinished().length > 0) event.preventDefault();
    });
  }

  /** To be called when a job has ended. */
  onJobEnded(): void {
    if (this.#quitsWhenDone && this.#jobs.unfinished().length === 0) this.#quit();
  }

  #hold(event: { preventDefault(): void }): void {
    if (this.#mayQuit || this.#jobs.unfinished().length === 0) return;
    event.preventDefault();
    if (!this.#isAsking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const options = {
      type: 'question' as const,
      title: 'Platter',
      message: describeUnfinished(this.#jobs.unfinished()),
      detail:
        'Stopping is safe: a new file that is not finished is removed, and a change of an existing image is rolled back or can be undone.',
      buttons: [...CHOICES],
      defaultId: KEEP_RUNNING,
      cancelId: CANCEL,
      noLink: true,
    };
    const window = this.#window();
    const { response } = await (window
      ? dialog.showMessageBox(window, options)
      : dialog.showMessageBox(options));
    this.#isAsking = false;
    if (response === KEEP_RUNNING) {
      this.#quitsWhenDone = true;
      this.#window()?.hide();
      this.onJobEnded();
    } else if (response === STOP) {
      await this.#stop();
    }
  }

  async #stop(): Promise<void> {
    await this.#jobs.close();
    this.#quit();
  }

  /** The person came back before the work was done. */
  stay(): void {
    this.#quitsWhenDone = false;
  }

  #quit(): void {
    this.#mayQuit = true;
    app.quit();
  }
}
