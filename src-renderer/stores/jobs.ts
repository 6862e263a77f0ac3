import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../src-shared/model';

/** Every job of this session as main last reported it. */
export const useJobs = defineStore('jobs', () => {
  const all = ref<JobSnapshot[]>([]);
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

  /** Takes a snapshot in; an ended job never comes back to life by a late event. */
  function put(job: JobSnapshot): void {
    const known = all.value.find((candidate) => candidate.id === job.id);
    if (known && TERMINAL_JOB_STATES.includes(known.state)) return;
    all.value = known
      ? all.value.map((candidate) => (candidate.id === job.id ? job : candidate))
      : [job, ...all.value];
  }

  return { all, active, activeCount, overallShare, put };
});
