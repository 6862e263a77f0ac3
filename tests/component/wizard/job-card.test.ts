import { describe, expect, test } from 'vitest';
import type { JobSnapshot } from '../../../src-shared/model';
import { useConnection } from '../../../src-renderer/stores/connection';
import { useJobs } from '../../../src-renderer/stores/jobs';
import JobCard from '../../../src-renderer/views/jobs/JobCard.vue';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

const JOB: JobSnapshot = {
  id: 'job-1',
  verb: 'create',
  source: '/images/new.vhd',
  target: '/images/new.vhd',
  state: 'running',
  subjectIds: [],
  changedIds: [],
  progress: { phase: 'copy', doneBytes: 512, totalBytes: 1024 },
  bytesPerSecond: 100,
  secondsLeft: 3725,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: null,
  command: 'platter create /images/new.vhd',
  result: null,
  error: null,
  produced: [],
};

describe('a job in the job centre', () => {
  test('is named after its one file once, and tells the time left in units people use', async () => {
    const screen = await mount(JobCard, { job: JOB }, loopback({}));
    await expect.element(screen.getByRole('heading', { name: 'Create new.vhd', exact: true })).toBeVisible();
    await expect.element(screen.getByText('1 h 2 min left')).toBeVisible();
  });

  test('names source and result where they are two', async () => {
    const job = { ...JOB, verb: 'convert', target: '/images/other.vhd' };
    const screen = await mount(JobCard, { job }, loopback({}));
    await expect.element(screen.getByRole('heading', { name: 'Convert new.vhd → other.vhd' })).toBeVisible();
  });

  test('is not known while the program does not answer, and cannot be cancelled', async () => {
    const screen = await mount(JobCard, { job: JOB }, loopback({}));
    await expect.element(screen.getByRole('button', { name: 'Cancel' })).toBeVisible();
    useConnection().loss = 'unreachable';
    await expect.element(screen.getByText('Not known', { exact: true })).toBeVisible();
    await expect.element(screen.getByText('1 h 2 min left')).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Cancel' })).not.toBeInTheDocument();
    useConnection().loss = null;
    await expect.element(screen.getByText('1 h 2 min left')).toBeVisible();
  });

  test('shows the phases behind it, and why it waits', async () => {
    const screen = await mount(JobCard, { job: { ...JOB, state: 'paused' } }, loopback({}));
    const jobs = useJobs();
    jobs.put(JOB);
    jobs.put({ ...JOB, progress: { phase: 'verify', doneBytes: 0, totalBytes: 1024 } });
    await expect.element(screen.getByText('Copying: 1 KiB in')).toBeVisible();
    await expect.element(screen.getByText(/Nothing is read or written meanwhile/)).toBeVisible();
  });

  test('that was cancelled says that nothing is left, with the command to do it anew', async () => {
    const job = { ...JOB, state: 'cancelled' as const, endedAt: '2026-01-01T00:01:00Z' };
    const screen = await mount(JobCard, { job }, loopback({}));
    await screen.getByText('Details of Create').click();
    await expect.element(screen.getByText('Cancelled. Nothing half-written was left behind.')).toBeVisible();
    await expect.element(screen.getByText('platter create /images/new.vhd')).toBeVisible();
    await expect.element(screen.getByText(/took 1 min/)).toBeVisible();
  });
});
