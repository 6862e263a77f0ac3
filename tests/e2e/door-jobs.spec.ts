import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Input, Output } from '../../src-shared/ipc/contract';
import type { MethodName } from '../../src-shared/ipc/method-names';
import type { OperationSpec } from '../../src-shared/ipc/operation';
import type { JobSnapshot } from '../../src-shared/model/job';
import type { CompareResult, HashResult, OperationResult } from '../../src-shared/model/results';
import { expect, openDoor, test } from './door';
import { makeChild, makeDynamic, openImage } from './flow';

const MIB = 1024 * 1024;

/** Calls main as the page does, session and all. */
async function call<M extends MethodName>(page: Page, method: M, input: Input<M>): Promise<Output<M>> {
  const envelope = await page.evaluate(
    async ([name, body]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`api/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await response.json()) as unknown;
    },
    [method, input] as const,
  );
  const answer = envelope as { ok: boolean; value?: unknown; error?: { code: string; message: string } };
  if (!answer.ok) throw new Error(`${method}: ${answer.error?.code}: ${answer.error?.message}`);
  return answer.value as never;
}

/** Runs an operation to its end and gives its job. */
async function run(page: Page, operation: OperationSpec): Promise<JobSnapshot> {
  const { jobId } = await call(page, 'jobs.start', { operation });
  const find = async (): Promise<JobSnapshot | undefined> =>
    (await call(page, 'jobs.list', {})).jobs.find(({ id }) => id === jobId);
  await expect
    .poll(async () => (await find())?.state, { timeout: 30_000 })
    .toMatch(/succeeded|failed|cancelled/);
  const job = await find();
  if (!job) throw new Error('the job is gone');
  expect(job.error, `${operation.verb}: ${job.error?.message ?? ''}`).toBeNull();
  return job;
}

async function idOf(page: Page, name: string): Promise<string> {
  const { entries } = await call(page, 'files.browse', { folderId: null });
  const entry = entries.find((one) => one.name === name);
  if (!entry) throw new Error(`${name} is not listed`);
  return entry.id;
}

test('every verb runs as a job: previewed, carried out, told by events, its product ready to open', async ({
  workbench: page,
  door,
}) => {
  test.setTimeout(120_000);
  const base = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', base, 'base.vhd');
  const fileId = await idOf(page, 'base.vhd');
  const childId = await idOf(page, 'child.vhd');
  const { id: folderId } = await call(page, 'files.defaultFolder', {});
  const target = (name: string) => ({ folderId, name });
  await page.evaluate(() => {
    const told: string[] = [];
    (globalThis as unknown as { told: string[] }).told = told;
    new EventSource('api/events').addEventListener('job.changed', (event) => {
      const { verb, state } = JSON.parse((event as MessageEvent<string>).data) as {
        verb: string;
        state: string;
      };
      told.push(`${verb} ${state}`);
    });
  });

  const hash = (await run(page, { verb: 'hash', fileId })).result as HashResult;
  expect(hash).toMatchObject({ algorithm: 'sha256', bytes: 40 * MIB });
  const childHash = ((await run(page, { verb: 'hash', fileId: childId })).result as HashResult).hash;
  expect(childHash).not.toBe(hash.hash);

  const operations: OperationSpec[] = [
    { verb: 'create', target: target('new fixed.vhd'), type: 'fixed', sizeBytes: 4 * MIB },
    { verb: 'convert', fileId, target: target('base.raw'), to: 'raw' },
    { verb: 'convert', fileId: childId, target: target('flat.vhd'), to: 'dynamic' },
    { verb: 'snapshot', fileId: childId, target: target('grandchild.vhd') },
    { verb: 'azure', fileId, target: target('azure.vhd') },
    { verb: 'merge', fileId: childId, target: target('merged.vhd') },
    { verb: 'compact', fileId, target: target('compact.vhd') },
    { verb: 'rescue', fileId, target: target('rescued.vhd') },
    { verb: 'extract', fileId, target: target('first.bin'), offset: 0, length: 2 * MIB },
    { verb: 'check', fileId: childId, deep: true, chain: true },
    { verb: 'compare', fileId, otherId: childId },
  ];
  for (const operation of operations) {
    const preview = await call(page, 'operation.preflight', { operation });
    expect(preview.preflight.ok, operation.verb).toBe(true);
    expect(preview.command).toMatch(/^platter [a-z]+ /);
    const job = await run(page, operation);
    expect(job.command).toBe(preview.command);
    if (!('target' in operation) || !operation.target) continue;
    const { displayPath } = await call(page, 'files.describe', { fileId: job.produced[0] ?? '' });
    expect(displayPath).toBe(join(door.root, operation.target.name));
    expect(statSync(displayPath).size).toBe((job.result as OperationResult).fileSizeBytes);
  }

  const createFrom: OperationSpec = {
    verb: 'create', target: target('from raw.vhd'), type: 'dynamic', sourceId: await idOf(page, 'base.raw'),
  }; // prettier-ignore
  await run(page, createFrom);
  for (const [name, expected] of [
    ['from raw.vhd', hash.hash],
    ['base.raw', hash.hash],
    ['compact.vhd', hash.hash],
    ['flat.vhd', childHash],
    ['merged.vhd', childHash],
    ['grandchild.vhd', childHash],
  ] as const) {
    const made = (await run(page, { verb: 'hash', fileId: await idOf(page, name) })).result as HashResult;
    expect(made.hash, name).toBe(expected);
  }
  expect(readFileSync(join(door.root, 'first.bin'))).toHaveLength(2 * MIB);

  const flatId = await idOf(page, 'flat.vhd');
  const resize: OperationSpec = { verb: 'resize', fileId: flatId, sizeBytes: 64 * MIB };
  const { resizeMarks } = await call(page, 'operation.preflight', { operation: resize });
  expect(resizeMarks?.map(({ name }) => name)).toContain('usedEnd');
  await run(page, resize);
  expect(await call(page, 'image.info', { fileId: flatId })).toMatchObject({ virtualSizeBytes: 64 * MIB });
  const compactPreview = await call(page, 'operation.preflight', {
    operation: { verb: 'compact', fileId: flatId, estimate: true },
  });
  expect(compactPreview.forecast?.fileSizeBeforeBytes).toBe(statSync(join(door.root, 'flat.vhd')).size);
  const compare = (
    await run(page, { verb: 'compare', fileId: flatId, otherId: await idOf(page, 'merged.vhd') })
  ).result as CompareResult;
  expect(compare.identical).toBe(true);
  await run(page, { verb: 'relink', fileId: childId, parentId: fileId });

  const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  for (const verb of ['hash', 'create', 'convert', 'snapshot', 'merge', 'resize', 'relink', 'rescue'])
    expect(told, verb).toContain(`${verb} succeeded`);
});

test('a job that is refused says why, and one that is cancelled leaves nothing', async ({
  workbench: page,
  door,
}) => {
  writeFileSync(join(door.root, 'taken.vhd'), 'precious');
  const { id: folderId } = await call(page, 'files.defaultFolder', {});
  const operation = {
    verb: 'create' as const,
    target: { folderId, name: 'taken.vhd' },
    type: 'dynamic' as const,
    sizeBytes: 4 * MIB,
  };
  expect((await call(page, 'operation.preflight', { operation })).preflight.ok).toBe(false);
  const { jobId } = await call(page, 'jobs.start', { operation });
  const job = async () => (await call(page, 'jobs.list', {})).jobs.find(({ id }) => id === jobId);
  await expect.poll(async () => (await job())?.state).toBe('failed');
  expect((await job())?.error).toMatchObject({ code: 'target-exists' });
  expect(readFileSync(join(door.root, 'taken.vhd'), 'utf8')).toBe('precious');
  await call(page, 'jobs.dismiss', { jobId });
  expect(await job()).toBeUndefined();

  const big = {
    ...operation,
    target: { folderId, name: 'big.vhd' },
    type: 'fixed' as const,
    allocate: 'full' as const,
  };
  const second = await call(page, 'jobs.start', { operation: { ...big, sizeBytes: 4 * 1024 * MIB } });
  await call(page, 'jobs.cancel', { jobId: second.jobId });
  const state = async () =>
    (await call(page, 'jobs.list', {})).jobs.find(({ id }) => id === second.jobId)?.state;
  await expect.poll(state).toBe('cancelled');
  const { entries } = await call(page, 'files.browse', { folderId: null });
  expect(entries.map(({ name }) => name)).toEqual(['taken.vhd']);
});

test('a server that is killed in the middle of a job: the next one offers to remove the rest, and nothing else', async ({
  page,
}) => {
  const first = await openDoor();
  const folder = first.root;
  writeFileSync(join(folder, '.never.vhd.0123456789abcdef.platter-part.txt'), 'precious');
  try {
    await page.goto(first.url);
    const { id: folderId } = await call(page, 'files.defaultFolder', {});
    const { jobId } = await call(page, 'jobs.start', {
      operation: {
        verb: 'create',
        target: { folderId, name: 'never.vhd' },
        type: 'fixed',
        allocate: 'full',
        sizeBytes: 2 * 1024 * MIB,
      },
    });
    const parts = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.platter-part'));
    await expect.poll(parts).toHaveLength(1);
    await call(page, 'jobs.pause', { jobId });
    await first.kill();
    const left = readdirSync(folder).sort();
    expect(left).not.toContain('never.vhd');

    const second = await openDoor({ over: first });
    try {
      await page.goto(second.url);
      const dialog = page.getByRole('dialog', { name: 'Platter was ended in the middle of making a file' });
      await expect(dialog).toContainText(parts()[0] ?? 'no part');
      expect(readdirSync(folder).sort()).toEqual(left);
      // An id of a file that is not on offer removes nothing.
      const { entries } = await call(page, 'files.browse', { folderId: null });
      const ids = entries.map(({ id }) => id);
      expect(await call(page, 'leftovers.settle', { ids, remove: true })).toEqual({ removed: 0 });
      await dialog.getByRole('button', { name: 'Remove it' }).click();
      await expect.poll(parts).toEqual([]);
      expect(readdirSync(folder)).toEqual(['.never.vhd.0123456789abcdef.platter-part.txt']);
      await page.reload();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(dialog).toBeHidden();
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
});

test('a wizard of an image that a job works on says so, after a reload, too', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'busy.vhd');
  const { id: folderId } = await call(page, 'files.defaultFolder', {});
  const target = { folderId, name: 'out.vhd' };
  const first = await call(page, 'jobs.start', {
    operation: { verb: 'create', target, type: 'fixed', allocate: 'full', sizeBytes: 2 * 1024 * MIB },
  });
  await call(page, 'jobs.pause', first);
  // it waits for the file that the first one makes
  const waiting = await call(page, 'jobs.start', {
    operation: { verb: 'convert', fileId: await idOf(page, 'busy.vhd'), target, to: 'fixed' },
  });
  await openImage(page, 'busy.vhd');
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: /^Convert/ }).click();
  const note = page.getByText('Convert: a job on this image has not ended yet.');
  await expect(note).toBeVisible();
  await page.reload();
  await expect(note).toBeVisible();
  await page.getByRole('button', { name: 'Look at the jobs' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible();
  await call(page, 'jobs.cancel', waiting);
  await call(page, 'jobs.cancel', first);
});
