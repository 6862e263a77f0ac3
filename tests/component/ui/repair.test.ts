import { describe, expect, test } from 'vitest';
import CheckView from '../../../src-renderer/views/check/CheckView.vue';
import { useImages } from '../../../src-renderer/stores/images';
import { AppError } from '../../../src-shared/errors';
import type { JobSnapshot } from '../../../src-shared/model';
import { checkReport, imageInfo, repairPlan } from './support/images';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

const JOURNAL = '/undo/web.vhd.platter-undo';

const DONE: JobSnapshot = {
  id: 'job-1',
  verb: 'repair',
  source: 'web.vhd',
  target: null,
  state: 'succeeded',
  subjectIds: ['file-1'],
  changedIds: ['file-1'],
  progress: null,
  bytesPerSecond: null,
  secondsLeft: null,
  createdAt: '2026-11-23T11:00:00Z',
  startedAt: '2026-11-23T11:00:00Z',
  endedAt: '2026-11-23T11:00:01Z',
  command: 'platter repair web.vhd --apply',
  result: repairPlan(true, JOURNAL),
  error: null,
  produced: [],
};

const FILE = { id: 'file-1', name: 'web.vhd', displayPath: '/images/web.vhd' };

/** A main with one broken image that can be repaired and undone. */
function brokenImage(instead: Parameters<typeof loopback>[0] = {}) {
  let broken = true;
  return loopback({
    'image.info': () => imageInfo(broken),
    'image.check': () => checkReport(broken),
    'repair.plan': () => repairPlan(broken),
    'jobs.start': () => {
      broken = false;
      return { jobId: 'job-1' };
    },
    'jobs.list': () => ({ jobs: [DONE] }),
    'undo.list': () => ({
      journals: [
        {
          id: 'journal-1', journalPath: JOURNAL, imagePath: '/images/web.vhd', image: FILE, operation: 'repair', title: 'Repair', state: 'settled',
          createdAt: '2026-11-23T11:00:00Z', sizeBytes: 4096, changedBytes: 1, uniqueId: null, undoneAt: null,
        },
      ],
      elsewhere: 0,
    }), // prettier-ignore
    'undo.apply': () => {
      broken = true;
      return {
        imagePath: '/images/web.vhd',
        journalPath: JOURNAL,
        restoredBytes: 1,
        fileSizeBytes: 2560,
        warnings: [],
      };
    },
    ...instead,
  });
}

async function open(client: ReturnType<typeof loopback>) {
  const screen = await mount(CheckView, { fileId: 'file-1' }, client);
  await useImages().load('file-1');
  return screen;
}

describe('check and repair', () => {
  test('shows the exact bytes before anything is written, then repairs and gives them back', async () => {
    const client = brokenImage();
    const screen = await open(client);
    await expect.element(screen.getByText('0x00000840').first()).toBeVisible();
    expect(client.calls.some(({ method }) => method === 'jobs.start')).toBe(false);

    await screen.getByRole('button', { name: 'Repair', exact: true }).click();
    await expect.element(screen.getByRole('button', { name: 'Cancel' })).toHaveFocus();
    await screen.getByRole('alertdialog').getByRole('button', { name: 'Repair' }).click();
    await expect.element(screen.getByText('Nothing wrong was found.')).toBeVisible();
    const applied = client.calls.find(({ method }) => method === 'jobs.start');
    expect(applied?.input).toEqual({
      operation: { verb: 'repair', fileId: 'file-1', stateToken: 'state-1', deep: false },
    });

    await screen.getByRole('button', { name: 'Undo it' }).click();
    await expect.element(screen.getByText('Undone: every byte is as it was before.')).toBeVisible();
    expect(client.calls.find(({ method }) => method === 'undo.apply')?.input).toEqual({
      journalId: 'journal-1',
    });
    await expect.element(screen.getByText('The footer fails its checksum').first()).toBeVisible();
  });

  test('says that an undo is not on record any more, instead of that it was done', async () => {
    const client = brokenImage({ 'undo.list': () => ({ journals: [], elsewhere: 0 }) });
    const screen = await open(client);
    await screen.getByRole('button', { name: 'Repair', exact: true }).click();
    await screen.getByRole('alertdialog').getByRole('button', { name: 'Repair' }).click();
    await screen.getByRole('button', { name: 'Undo it' }).click();
    await expect.element(screen.getByText('This change is not on record any more.').first()).toBeVisible();
    await expect.element(screen.getByText(/^Undone/)).not.toBeInTheDocument();
    expect(client.calls.some(({ method }) => method === 'undo.apply')).toBe(false);
  });

  test('cannot be applied with nothing selected, and asks main for what is selected', async () => {
    const client = brokenImage();
    const screen = await open(client);
    await screen.getByRole('checkbox', { name: 'Restore the footer from the footer copy' }).click();
    const repair = screen.getByRole('button', { name: 'Repair', exact: true });
    await expect.element(repair).toHaveAttribute('aria-description', 'Select something to repair');
    const plans = client.calls.filter(({ method }) => method === 'repair.plan');
    expect(plans[plans.length - 1]?.input).toEqual({ fileId: 'file-1', deep: false, only: [] });
  });

  test('says which images depend on it, and repairs only once they are given up', async () => {
    const client = loopback({
      'image.info': () => imageInfo(true),
      'image.check': () => checkReport(true),
      'repair.plan': () => ({ ...repairPlan(true), children: ['c1.vhd'] }),
      'jobs.start': () => ({ jobId: 'job-1' }),
      'jobs.list': () => ({ jobs: [DONE] }),
    });
    const screen = await open(client);
    const repair = screen.getByRole('button', { name: 'Repair', exact: true });
    await expect
      .element(repair)
      .toHaveAttribute('aria-description', 'Other images depend on this one: give them up first');
    await screen.getByRole('checkbox', { name: /Give up “c1\.vhd”/ }).click();
    // Read again: what was chosen stays chosen.
    await useImages().load('file-1');
    await expect.element(screen.getByRole('checkbox', { name: /Give up “c1\.vhd”/ })).toBeChecked();
    await repair.click();
    await screen.getByRole('alertdialog').getByRole('button', { name: 'Repair' }).click();
    await expect
      .poll(() => client.calls.find(({ method }) => method === 'jobs.start')?.input)
      .toMatchObject({ operation: { verb: 'repair', breakChildren: true } });
  });

  test('knows neither verdict nor plan any more once the file changed outside, until it is read again', async () => {
    const client = brokenImage();
    const screen = await open(client);
    const repair = screen.getByRole('button', { name: 'Repair', exact: true });
    await expect.element(screen.getByText('0x00000840').first()).toBeVisible();
    useImages().markChanged('file-1', 'changed');
    await expect.element(screen.getByText('State not known')).toBeVisible();
    await expect
      .element(repair)
      .toHaveAttribute('aria-description', 'The file was changed: read it again first');
    await expect
      .element(screen.getByRole('checkbox', { name: /Restore the footer/ }))
      .not.toBeInTheDocument();
    await useImages().load('file-1');
    await expect.element(screen.getByRole('checkbox', { name: /Restore the footer/ })).toBeVisible();
    await expect.element(screen.getByText('State not known')).not.toBeInTheDocument();
  });

  test('a child is checked with its ancestors without being asked to', async () => {
    const client = loopback({
      'image.info': () => ({ ...imageInfo(false), type: 'differencing' as const }),
      'image.check': () => checkReport(false),
      'repair.plan': () => repairPlan(false),
    });
    await open(client);
    await expect
      .poll(() => client.calls.filter(({ method }) => method === 'image.check').at(-1)?.input)
      .toEqual({ fileId: 'file-1', deep: false, chain: true });
  });

  test('an error of main is shown in its place, with what to do next', async () => {
    const client = loopback({
      'image.info': () => imageInfo(true),
      'image.check': () => checkReport(true),
      'repair.plan': () => {
        throw new AppError('file-in-use', 'web.vhd is open in another program.');
      },
    });
    const screen = await open(client);
    await expect.element(screen.getByText('The file is in use')).toBeVisible();
    await expect.element(screen.getByText(/Close the program or virtual machine/)).toBeVisible();
  });
});
