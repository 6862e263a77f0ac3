import type { Services } from '../../services/app';
import { offerLeftovers, settleLeftovers } from '../../services/jobs/leftover-offer';
import type { Handlers } from '../dispatch';

export type JobHandlers = Pick<
  Handlers,
  Extract<
    keyof Handlers,
    `jobs.${string}` | `leftovers.${string}` | `sweep.${string}` | 'operation.preflight'
  >
>;

export function jobHandlers(services: Services): JobHandlers {
  const { jobs, sweeps, registry } = services;
  return {
    'operation.preflight': ({ operation }) => jobs.preview(operation),
    'jobs.start': async ({ operation, reviewToken }) => ({
      jobId: await jobs.start(operation, reviewToken),
    }),
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
    'leftovers.list': async () => ({ leftovers: await offerLeftovers(services) }),
    'leftovers.settle': ({ ids, remove }) => settleLeftovers(services, ids, remove),
    async 'sweep.start'({ folderId, recursive }) {
      return { sweepId: await sweeps.start(await registry.pathOf(folderId), recursive === true) };
    },
    async 'sweep.cancel'({ sweepId }) {
      sweeps.cancel(sweepId);
      return {};
    },
  };
}
