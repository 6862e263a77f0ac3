import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../../src-shared/model/job';
import type { JobService } from '../../services/jobs/job-service';

/** What a running job shows outside of the page: progress on dock or taskbar, no sleep, a notice at its end. */
export class JobPresence {
  readonly #jobs: JobService;
  readonly #window: () => BrowserWindow | null;
  #blocker: number | null = null;

  constructor(jobs: JobService, window: () => BrowserWindow | null) {
    this.#jobs = jobs;
    this.#window = window;
  }

  get keepsAwake(): boolean {
    return this.#blocker !== null;
  }

  update(changed: JobSnapshot): void {
    const unfinished = this.#jobs.unfinished();
    this.#keepAwake(unfinished.length > 0);
    const window = this.#window();
    if (!window || window.isDestroyed()) return;
    window.setProgressBar(overallShare(unfinished), {
      mode: unfinished.every((job) => job.state === 'paused') ? 'paused' : 'normal',
    });
    if (TERMINAL_JOB_STATES.includes(changed.state) && !window.isFocused()) tellEnd(changed, window);
  }

  close(): void {
    this.#keepAwake(false);
  }

  #keepAwake(wanted: boolean): void {
    if (wanted) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }
}

/** Share done, in `[0, 1]`; 2 (indeterminate) while nothing is known; -1 takes the bar away. */
export function overallShare(unfinished: readonly JobSnapshot[]): number {
  if (unfinished.length === 0) return -1;
  let doneBytes = 0;
  let totalBytes = 0;
  for (const { progress } of unfinished) {
    doneBytes += progress?.doneBytes ?? 0;
    totalBytes += progress?.totalBytes ?? 0;
  }
  return totalBytes === 0 ? 2 : Math.min(1, doneBytes / totalBytes);
}

/** A notice that needs no answer; a cancelled job needs none. */
function tellEnd(job: JobSnapshot, window: BrowserWindow): void {
  if (job.state === 'cancelled' || !Notification.isSupported()) return;
  const notice = new Notification({
    title: job.state === 'succeeded' ? `Platter: ${job.verb} is done` : `Platter: ${job.verb} failed`,
    body: job.error?.message ?? job.target ?? job.source,
  });
  notice.on('click', () => window.show());
  notice.show();
}
