import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, watch } from 'vue';
import type { OperationSpec } from '../../src-shared/ipc';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../src-shared/model';
import { api } from '../api';
import { EMPTY_TRACE, extendTrace, type JobTrace } from './job-trace';

/** Every job of this session as main last reported it. Main owns the truth; this never decides a state. */
export const useJobs = defineStore('jobs', () => {
  const all = ref<readonly JobSnapshot[]>([]);
  const active = computed(() => all.value.filter((job) => !TERMINAL_JOB_STATES.includes(job.state)));
  const activeCount = computed(() => active.value.length);

  /** Share done over all active jobs by bytes; null while none knows its end. */
  const overallShare = computed(() => {
    const known = active.value.flatMap((job) =>
      job.progress && job.progress.totalBytes > 0 ? [job.progress] : [],
    );
    const total = known.reduce((sum, progress) => sum + progress.totalBytes, 0);
    return total > 0 ? known.reduce((sum, progress) => sum + progress.doneBytes, 0) / total : null;
  });

  const traces = shallowReactive<Record<string, JobTrace>>({});
  /** What this window saw of a job over time. */
  const traceOf = (jobId: string): JobTrace => traces[jobId] ?? EMPTY_TRACE;

  const byId = (jobId: string): JobSnapshot | null => all.value.find((job) => job.id === jobId) ?? null;

  /** Takes a snapshot in; an ended job never comes back to life by a late event. */
  function put(job: JobSnapshot): void {
    const known = byId(job.id);
    if (known && TERMINAL_JOB_STATES.includes(known.state)) return;
    traces[job.id] = extendTrace(traceOf(job.id), job, Date.now());
    all.value = known
      ? all.value.map((candidate) => (candidate.id === job.id ? job : candidate))
      : [job, ...all.value];
  }

  async function load(): Promise<void> {
    const { jobs } = await api().call('jobs.list', {});
    all.value = [...jobs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /**
   * Starts an operation.
   * @param reviewToken of the review that was shown: main refuses where a file has changed since.
   * @returns the job's id. @throws AppError
   */
  async function start(operation: OperationSpec, reviewToken?: string): Promise<string> {
    const { jobId } = await api().call('jobs.start', {
      operation,
      ...(reviewToken === undefined ? {} : { reviewToken }),
    });
    // The first event may have come before the answer or be lost with a slow stream: ask once.
    if (!byId(jobId)) await load();
    return jobId;
  }

  /** Waits for a job's end. @returns its last snapshot; null where it was dismissed meanwhile. */
  function finished(jobId: string): Promise<JobSnapshot | null> {
    return new Promise((resolve) => {
      const stop = watch(
        () => byId(jobId),
        (job) => {
          if (job && !TERMINAL_JOB_STATES.includes(job.state)) return;
          queueMicrotask(() => stop());
          resolve(job);
        },
        { immediate: true },
      );
    });
  }

  async function dismiss(jobId: string): Promise<void> {
    await api().call('jobs.dismiss', { jobId });
    all.value = all.value.filter((job) => job.id !== jobId);
    Reflect.deleteProperty(traces, jobId);
  }

  return { all, active, activeCount, overallShare, byId, traceOf, put, load, start, finished, dismiss };
});
