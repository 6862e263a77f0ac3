import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { buildVhd, nextId } from '../../support/vhd-builder';
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

  describe('of a child', () => {
    const makeLeaf = async () => {
      const folder = makeFolder();
      const at = (name: string): string => path.join(folder, name);
      await runCli(['create', at('base.vhd'), '--type', 'dynamic', '--size', '8M']);
      await runCli(['snapshot', at('base.vhd'), at('mid.vhd')]);
      await runCli(['snapshot', at('mid.vhd'), at('leaf.vhd')]);
      return at;
    };
    const attach = (image: string, system: string) =>
      runCli(['attach-command', image, '--for', system, '--json']);

    it('are refused where an ancestor is missing, but for Windows, which may find it itself', async () => {
      const at = await makeLeaf();
      fs.rmSync(at('base.vhd'));
      for (const system of ['linux', 'macos']) {
        const run = await attach(at('leaf.vhd'), system);
        expect([run.exitCode, run.json<{ error: { code: string } }>().error.code]).toEqual([
          3,
          'parent-missing',
        ]);
      }
      const run = await attach(at('leaf.vhd'), 'windows');
      expect(run.exitCode).toBe(0);
      expect(run.json<{ notes: string[] }>().notes.join()).toContain('only where it finds that parent');
    });

    it('are refused for every system where the chain loops', async () => {
      const folder = makeFolder();
      const at = (name: string): string => path.join(folder, name);
      const [one, two] = [nextId(), nextId()];
      for (const [name, id, parentId, parentName] of [
        ['one.vhd', one, two, 'two.vhd'],
        ['two.vhd', two, one, 'one.vhd'],
      ] as const)
        buildVhd({
          type: 'differencing',
          sizeBytes: 8 * 1024 * 1024,
          footer: { uniqueId: id },
          header: { parentId, parentName },
          locators: [{ platform: 'W2ru', data: `.\\${parentName}` }],
        }).writeTo(at(name));
      for (const system of ['linux', 'macos', 'windows']) {
        const run = await attach(at('one.vhd'), system);
        expect([run.exitCode, run.json<{ error: { code: string } }>().error.code]).toEqual([3, 'chain-loop']);
      }
    });

    it('come with the doubt whether a parent is the right one', async () => {
      const at = await makeLeaf();
      fs.renameSync(at('base.vhd'), at('renamed.vhd'));
      const doubt = /"renamed\.vhd" was taken in its place/;
      for (const system of ['linux', 'macos', 'windows'])
        expect((await attach(at('leaf.vhd'), system)).json<{ notes: string[] }>().notes.join()).toMatch(
          doubt,
        );
    });
  });
});
