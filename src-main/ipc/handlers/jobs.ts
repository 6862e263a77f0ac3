import type { Services } from '../../services/app';
import type { Handlers } from '../dispatch';

export type JobHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `jobs.${string}` | `sweep.${string}` | 'operation.preflight'>
>;

export function jobHandlers({ jobs, sweeps, registry }: Services): JobHandlers {
  return {
    'operation.preflight': ({ operation }) => jobs.preview(operation),
    'jobs.start': async ({ operation }) => ({ jobId: await jobs.start(operation) }),
    'jobs.list': async () => ({ jobs: jobs.list() }),
    async 'jobs.cancel'({ jobId }) {
      jobs.cancel(jobId);
      return {};
    },
    async 'jobs.pause'({ jobId }) {
      jobs.pause(jobId);
      return {};
    },
    async 'jobs.resume'({ jobId }) {
      jobs.resume(jobId);
      return {};
    },
    async 'jobs.dismiss'({ jobId }) {
      jobs.dismiss(jobId);
      return {};
    },
    async 'sweep.start'({ folderId, recursive }) {
      return { sweepId: await sweeps.start(await registry.pathOf(folderId), recursive === true) };
    },
    async 'sweep.cancel'({ sweepId }) {
      sweeps.cancel(sweepId);
      return {};
    },
  };
}
