import { onBeforeUnmount, ref, shallowRef } from 'vue';
import type { SweepRow } from '../../../src-shared/model';
import { api } from '../../api';
import { useErrors } from '../../stores/errors';

/** One walk through a folder: rows fill in while it runs; leaving the screen stops it. */
export function useSweep() {
  const errors = useErrors();
  const rows = shallowRef<readonly SweepRow[]>([]);
  /** Folders below that could not be read. */
  const skipped = shallowRef<readonly string[]>([]);
  const seen = ref(0);
  const running = ref(false);
  let sweepId: string | null = null;
  /** Counts starts and stops: what was stopped before main answered must not come to life with the answer. */
  let turn = 0;
  /** Rows may arrive before the answer that names their sweep. */
  let early: {
    readonly sweepId: string;
    readonly rows: readonly SweepRow[];
    readonly skipped: readonly string[];
    readonly seen: number;
    readonly done: boolean;
  }[] = [];

  function take(event: (typeof early)[number]): void {
    rows.value = [...rows.value, ...event.rows];
    if (event.skipped.length > 0) skipped.value = [...skipped.value, ...event.skipped];
    seen.value = event.seen;
    if (event.done) running.value = false;
  }

  const unsubscribe = api().on('sweep.rows', (event) => {
    if (sweepId === null) early.push(event);
    else if (event.sweepId === sweepId) take(event);
  });

  async function start(folderId: string, recursive: boolean): Promise<void> {
    await stop();
    const mine = ++turn;
    rows.value = [];
    skipped.value = [];
    seen.value = 0;
    early = [];
    running.value = true;
    const answer = await errors.guard(() => api().call('sweep.start', { folderId, recursive }));
    if (mine !== turn) {
      if (answer) await cancel(answer.sweepId);
      return;
    }
    if (!answer) {
      running.value = false;
      return;
    }
    sweepId = answer.sweepId;
    early.filter((event) => event.sweepId === sweepId).forEach(take);
    early = [];
  }

  async function stop(): Promise<void> {
    turn += 1;
    const id = sweepId;
    const isRunning = running.value;
    sweepId = null;
    running.value = false;
    if (isRunning && id !== null) await cancel(id);
  }

  async function cancel(id: string): Promise<void> {
    await api()
      .call('sweep.cancel', { sweepId: id })
      .catch(() => undefined);
  }

  onBeforeUnmount(() => {
    unsubscribe();
    void stop();
  });
  return { rows, skipped, seen, running, start, stop };
}
