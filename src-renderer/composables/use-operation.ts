import { computed, ref, watch, type Ref } from 'vue';
import { asAppError, fromWireError, type AppError } from '../../src-shared/errors';
import type { OperationPreview, OperationSpec } from '../../src-shared/ipc';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../src-shared/model';
import { api } from '../api';
import { t } from '../i18n';
import { useImages } from '../stores/images';
import { useJobs } from '../stores/jobs';

const PREVIEW_DELAY_MS = 180;

/**
 * The life of one operation in a wizard: a preview whenever its spec changes while `reviewing`, the start, the job,
 * its end. `spec` is null while something needed is missing.
 */
export function useOperation(spec: Readonly<Ref<OperationSpec | null>>, reviewing: Ref<boolean>) {
  const jobs = useJobs();
  const images = useImages();
  const preview = ref<OperationPreview | null>(null);
  const previewError = ref<AppError | null>(null);
  const startError = ref<AppError | null>(null);
  const starting = ref(false);
  const jobId = ref<string | null>(null);
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(operation: OperationSpec): Promise<void> {
    const turn = ++asked;
    try {
      const answer = await api().call('operation.preflight', { operation });
      if (turn === asked) preview.value = answer;
    } catch (error) {
      if (turn === asked) previewError.value = asAppError(error);
    }
  }

  function lookAnew(): void {
    clearTimeout(timer);
    asked += 1;
    preview.value = null;
    previewError.value = null;
    const operation = spec.value;
    if (operation && reviewing.value) timer = setTimeout(() => void look(operation), PREVIEW_DELAY_MS);
  }

  watch([() => JSON.stringify(spec.value), reviewing], lookAnew, { immediate: true });

  const job = computed<JobSnapshot | null>(() => (jobId.value ? jobs.byId(jobId.value) : null));
  const ended = computed(() => job.value !== null && TERMINAL_JOB_STATES.includes(job.value.state));
  const jobError = computed(() => (job.value?.error ? fromWireError(job.value.error) : startError.value));
  /** Why it cannot be started now, or null. */
  const blockedReason = computed(() => {
    if (previewError.value) return previewError.value.message;
    if (!preview.value) return t('operation.reviewing');
    return preview.value.preflight.ok ? null : t('operation.blocked');
  });

  async function start(): Promise<void> {
    if (!spec.value || starting.value) return;
    starting.value = true;
    startError.value = null;
    try {
      jobId.value = await jobs.start(spec.value, preview.value?.reviewToken);
    } catch (error) {
      startError.value = asAppError(error);
    } finally {
      starting.value = false;
    }
  }

  /** Back to the form, to change something or to do another. What was shown there may be so no more. */
  function reset(): void {
    const operation = spec.value;
    if (jobError.value?.code === 'file-changed' && operation && 'fileId' in operation)
      void images.reload(operation.fileId);
    jobId.value = null;
    startError.value = null;
    lookAnew();
  }

  return { preview, previewError, startError, starting, job, ended, jobError, blockedReason, start, reset };
}

export type Operation = ReturnType<typeof useOperation>;
