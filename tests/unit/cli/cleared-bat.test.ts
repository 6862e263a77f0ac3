import path from 'node:path';
import { expect, it } from 'vitest';
import type { CheckReport } from '../../../src-shared/model';
import type { OperationResult } from '../../../src-shared/model/results';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { runCli } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders('each');
const build = (folder: string, batOverrides: Record<number, number>): string =>
  buildVhd({
    type: 'dynamic',
    sizeBytes: 16 * MIB,
    blocks: [{ index: 0 }, { index: 3 }],
    batOverrides,
  }).writeTo(path.join(folder, 'd.vhd'));

it('an image whose BAT was cleared is not advised to be compacted, and is told what would be dropped', async () => {
  const folder = makeFolder();
  const image = build(folder, { 0: 0xffffffff, 3: 0xffffffff });
  const checked = (await runCli(['check', image, '--json'])).json<CheckReport>();
  const finding = checked.findings.find(({ code }) => code === 'unreferenced-space');
  expect(finding?.severity).toBe('warning');
  expect(finding?.hint).toContain('rescue');
  expect(finding?.hint).not.toContain('gives the space back');

  for (const argv of [
    ['convert', image, path.join(folder, 'out.vhd'), '--to', 'dynamic'],
    ['compact', image, '--output', path.join(folder, 'small.vhd')],
  ]) {
    const made = await runCli([...argv, '--json']);
    expect(made.exitCode).toBe(0);
    expect(made.json<OperationResult>().warnings.join()).toMatch(/bytes\) of the file belong to nothing/);
  }
});

it('nothing is said where every block is named', async () => {
  const folder = makeFolder();
  const made = await runCli([
    'compact',
    build(folder, {}),
    '--output',
    path.join(folder, 'small.vhd'),
    '--json',
  ]);
  expect(made.json<OperationResult>().warnings.join()).not.toContain('belong to nothing');
});

it('an entry that points outside is linked to the block that belongs to nothing', async () => {
  const image = build(makeFolder(), { 3: 0x00ffffff });
  const checked = (await runCli(['check', image, '--json'])).json<CheckReport>();
  const finding = checked.findings.find(({ code }) => code === 'bat-entry-outside');
  expect(finding?.detail).toContain('perhaps this one');
  expect(finding?.hint).toContain('rescue');
});
