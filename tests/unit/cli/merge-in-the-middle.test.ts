import path from 'node:path';
import { expect, it } from 'vitest';
import type { OperationResult } from '../../../src-shared/model/results';
import { useTempFolders } from '../../support/temp';
import { runCli } from './run-cli';

const makeFolder = useTempFolders('each');

it('merge does not call an image redundant that another one stands on', async () => {
  const folder = makeFolder();
  const at = (name: string): string => path.join(folder, name);
  await runCli(['create', at('b.vhd'), '--type', 'dynamic', '--size', '8M']);
  await runCli(['snapshot', at('b.vhd'), at('c1.vhd')]);
  await runCli(['snapshot', at('c1.vhd'), at('c2.vhd')]);
  const merged = await runCli(['merge', at('c1.vhd'), '--json']);
  expect(merged.exitCode).toBe(0);
  const { changed, warnings } = merged.json<OperationResult>();
  expect(changed.join()).not.toContain('redundant');
  expect(warnings.join()).toContain('"c2.vhd" stands on "c1.vhd": keep it');

  const top = await runCli(['merge', at('c2.vhd'), '--json']);
  expect(top.json<OperationResult>().changed.join()).toContain('"c2.vhd" is redundant');
});
