import { expect, test } from 'vitest';
import type { JobSnapshot } from '../../../src-shared/model';
import OperationOutcome from '../../../src-renderer/components/operation/OperationOutcome.vue';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

const job = (state: JobSnapshot['state']): JobSnapshot => ({
  id: 'job',
  verb: 'convert',
  source: '/images/a.vhd',
  target: '/images/b.vhd',
  state,
  createdAt: '2026-11-23T10:00:00Z',
  startedAt: '2026-11-23T10:00:00Z',
  endedAt: null,
  progress: null,
  bytesPerSecond: null,
  secondsLeft: null,
  result: null,
  error: null,
  subjectIds: [],
  changedIds: [],
  command: 'platter convert a.vhd b.vhd --to fixed',
  produced: [],
});

test.each([
  ['running', 'Pause', 'jobs.pause'],
  ['paused', 'Resume', 'jobs.resume'],
] as const)('a wizard whose job is %s offers: %s', async (state, name, method) => {
  const called: string[] = [];
  const note = (what: string) => () => {
    called.push(what);
    return {};
  };
  const client = loopback({ 'jobs.pause': note('jobs.pause'), 'jobs.resume': note('jobs.resume') });
  const screen = await mount(OperationOutcome, { job: job(state), error: null }, client);
  await screen.getByRole('button', { name, exact: true }).click();
  await expect.poll(() => called).toEqual([method]);
});
