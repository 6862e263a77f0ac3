import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalSummary, UndoResult } from '../../../src-shared/model/undo';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
let folder = '';
const at = (name: string): string => path.join(folder, name);
const done = async (...argv: string[]): Promise<void> => {
  expect(await runCli(argv)).toMatchObject({ exitCode: 0 });
};

beforeEach(() => {
  folder = makeFolder();
  vi.stubEnv('PLATTER_UNDO_DIR', path.join(makeFolder('undo'), 'undo'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('undo of an image that a child stands on', () => {
  it('is refused with the name of the child where the child would see it, unless that is accepted', async () => {
    await done('create', at('base.vhd'), '--type', 'dynamic', '--size', '8M');
    await done('resize', at('base.vhd'), '16M');
    await done('snapshot', at('base.vhd'), at('child.vhd'));
    const resized = fs.readFileSync(at('base.vhd'));

    const refused = await runCli(['undo', at('base.vhd'), '--json']);
    expect(refused.exitCode).toBe(3);
    expect(refused.json<JsonError>().error).toMatchObject({ code: 'has-children' });
    expect(refused.json<JsonError>().error.message).toContain('child.vhd');
    expect(fs.readFileSync(at('base.vhd')).equals(resized)).toBe(true);

    const accepted = await runCli(['undo', at('base.vhd'), '--break-children', '--json']);
    expect(accepted.exitCode).toBe(0);
    expect(accepted.json<UndoResult>().warnings.join()).toContain('child.vhd');
    expect(fs.readFileSync(at('base.vhd')).equals(resized)).toBe(false);
  });

  it('is not looked for in a folder, which is said instead of an empty list', async () => {
    const { exitCode, stderr, stdout } = await runCli(['undo', '--list', path.dirname(at('base.vhd'))]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('is a folder');
  });

  it('is listed as what children would see, and an older change as one that waits', async () => {
    await done('create', at('base.vhd'), '--type', 'dynamic', '--size', '8M');
    await done('resize', at('base.vhd'), '12M');
    await done('resize', at('base.vhd'), '16M');
    await done('snapshot', at('base.vhd'), at('child.vhd'));
    const { journals } = (await runCli(['undo', '--list', '--json'])).json<{ journals: JournalSummary[] }>();
    expect(journals).toMatchObject([
      { usable: true, children: ['child.vhd'] },
      { usable: false, waits: true },
    ]);
    expect(journals[1]?.reason).toContain(journals[0]?.title);
    const inFull = await runCli(['undo', '--list', at('base.vhd')]);
    expect(inFull.stdout).toMatch(/only with --break-children: .*"child.vhd"/);
    expect(inFull.stdout).toContain('possible later: ');

    fs.rmSync(at('child.vhd'));
    await done('undo', at('base.vhd'));
    const left = await runCli(['undo', '--list']);
    expect(left.stdout.trim().split('\n')).toHaveLength(4);
    expect(left.stdout).toContain('can be undone');
    expect(left.stdout).toContain('1 change was undone already');
  });

  it('says that a change cannot be undone where a stranger wrote over it', async () => {
    await done('create', at('base.vhd'), '--type', 'dynamic', '--size', '8M');
    await done('resize', at('base.vhd'), '12M');
    fs.appendFileSync(at('base.vhd'), Buffer.alloc(512));
    const { journals } = (await runCli(['undo', '--list', '--json'])).json<{ journals: JournalSummary[] }>();
    expect(journals).toHaveLength(1);
    expect(journals[0]).toMatchObject({ usable: false });
    expect(journals[0]).not.toHaveProperty('waits');
  });

  it('goes on where the child sees nothing of it', async () => {
    await done('create', at('base.vhd'), '--type', 'dynamic', '--size', '8M');
    const footer = fs.readFileSync(at('base.vhd')).subarray(-512);
    const broken = Buffer.from(footer);
    broken[67] = (broken[67] ?? 0) ^ 1;
    const sizeBytes = fs.statSync(at('base.vhd')).size;
    const file = fs.openSync(at('base.vhd'), 'r+');
    fs.writeSync(file, broken, 0, 512, sizeBytes - 512);
    fs.closeSync(file);
    await done('repair', at('base.vhd'), '--apply');
    await done('snapshot', at('base.vhd'), at('child.vhd'));

    const undone = await runCli(['undo', at('base.vhd'), '--json']);
    expect(undone.exitCode).toBe(0);
    expect(undone.json<UndoResult>().warnings).toEqual([]);
    expect(fs.readFileSync(at('base.vhd')).subarray(-512).equals(broken)).toBe(true);
  });
});
