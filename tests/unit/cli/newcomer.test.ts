import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { ReportedImage } from '../../../src-main/engine';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { runCli } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders('each');

it('help is one JSON document where that is asked for', async () => {
  const overview = await runCli(['help', '--json']);
  expect(overview.exitCode).toBe(0);
  expect(overview.json<{ verbs: { name: string }[] }>().verbs.map(({ name }) => name)).toContain('hash');
  for (const argv of [
    ['help', 'hash', '--json'],
    ['hash', '--help', '--json'],
  ])
    expect((await runCli(argv)).json<{ name: string }>().name).toBe('hash');
});

it('the unfinished undo journal of a killed change is named by every look at the image, and is no image', async () => {
  const folder = makeFolder();
  const bytes = buildVhd({ type: 'fixed', sizeBytes: MIB }).bytes();
  const image = path.join(folder, 'disk.vhd');
  fs.writeFileSync(image, bytes);
  const journal = path.join(folder, '.disk.vhd.platter-undo.0123456789abcdef.platter-part');
  fs.writeFileSync(journal, bytes);
  fs.writeFileSync(path.join(folder, '.other.vhd.0123456789abcdef.platter-part'), bytes);
  for (const verb of ['info', 'check', 'hash']) {
    const { stderr } = await runCli([verb, image]);
    expect(stderr.replace(/\s+/g, ' ')).toContain('an unfinished undo journal of "disk.vhd"');
    expect(stderr).not.toContain('other.vhd');
  }
  const listed = (await runCli(['check', folder, '--json'])).json<{ images: ReportedImage[] }>();
  expect(listed.images.map((one) => one.path)).toEqual([image]);
  expect((await runCli(['check', folder])).stdout).toContain('1 image: ');
});

it('convert refuses --parent for a source that has no parent', async () => {
  const folder = makeFolder();
  const image = buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(path.join(folder, 'a.vhd'));
  const target = path.join(folder, 'out.vhd');
  const refused = await runCli(['convert', image, target, '--to', 'dynamic', '--parent', image]);
  expect(refused.exitCode).toBe(2);
  expect(fs.existsSync(target)).toBe(false);
});

it('info says of a child without its parent that it cannot be read, though nothing else is wrong with it', async () => {
  const folder = makeFolder();
  const at = (name: string): string => path.join(folder, name);
  await runCli(['create', at('base.vhd'), '--type', 'dynamic', '--size', '8M']);
  await runCli(['snapshot', at('base.vhd'), at('child.vhd')]);
  expect((await runCli(['info', at('child.vhd')])).stdout).not.toContain('cannot be read');
  fs.rmSync(at('base.vhd'));
  expect((await runCli(['info', at('child.vhd')])).stdout).toContain(
    'but without its parent it cannot be read',
  );
});
