import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { runCli } from './run-cli';

const makeFolder = useTempFolders('each');
const notesOf = async (image: string): Promise<string> => {
  const run = await runCli(['attach-command', image, '--json']);
  expect(run.exitCode).toBe(0);
  return run.json<{ notes: string[] }>().notes.join(' ');
};

describe('the commands that attach an image', () => {
  it('come with the children that a writable attach changes, and with the errors that a check finds', async () => {
    const folder = makeFolder();
    const base = path.join(folder, 'base.vhd');
    const child = path.join(folder, 'c.vhd');
    await runCli(['create', base, '--type', 'dynamic', '--size', '8M']);
    expect(await notesOf(base)).toBe('');
    await runCli(['snapshot', base, child]);
    expect(await notesOf(base)).toContain('changes what "c.vhd" sees');
    expect(await notesOf(child)).toBe('');
    const bytes = fs.readFileSync(child);
    bytes[512 + 40] = (bytes[512 + 40] ?? 0) ^ 0xff;
    fs.writeFileSync(child, bytes);
    expect(await notesOf(child)).toContain('header-checksum');
  });
});
