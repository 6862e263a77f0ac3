/** Long work: a queue in the main process, engine verbs in worker threads. */
export { JobQueue } from './job-queue';
export type { JobQueueOptions } from './job-queue';
export type { JobRequest } from './job';
export { PROGRESS_INTERVAL_MS, ProgressThrottle } from './progress-throttle';
export { RateMeter } from './rate-meter';
export { lookAtFiles, requireReviewed, reviewOutdated } from './reviewed-files';
export type { ReviewedFile } from './reviewed-files';
export { JOB_VERBS, runVerb } from './verbs';
export type { JobInput, JobResult, JobVerb } from './verbs';
