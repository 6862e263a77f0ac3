/** What an undo would bring back after a merge, and what a merge that was killed leaves open. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mergeImage } from '../../../src-main/engine';
import { withUniqueId } from '../../../src-main/engine/ops/sparse-image';
import { NodeFile } from '../../../src-main/engine/io';
import { mergeMarkOf } from '../../../src-main/engine/repair/merge-mark';
import { readJournal } from '../../../src-main/engine/repair/journal-reader';
import type { ChainReport } from '../../../src-shared/model/chain';
import type { ImageInfo } from '../../../src-shared/model/image-info';
import type { OperationResult } from '../../../src-shared/model/results';
import type { JournalSummary, UndoResult } from '../../../src-shared/model/undo';
import { shownBy } from '../../support/shown-by';
import { useTempFolders } from '../../support/temp';
import { runCli, type CliResult, type JsonError } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders('each');
let folder = '';
const at = (name: string): string => path.join(folder, name);
async function done(...argv: string[]): Promise<CliResult> {
  const result = await runCli(argv);
  expect(result, result.stdout + result.stderr).toMatchObject({ exitCode: 0 });
  return result;
}
async function write(name: string, offset: number, bytes: Uint8Array): Promise<void> {
  const result = await runCli(['write', at(name), '--offset', String(offset), '--break-children'], {
    stdin: bytes,
  });
  expect(result.exitCode, result.stderr).toBe(0);
}
async function refused(...argv: string[]): Promise<JsonError['error']> {
  const result = await runCli([...argv, '--json']);
  expect(result.exitCode, result.stdout).toBe(3);
  return result.json<JsonError>().error;
}
const idOf = async (name: string): Promise<string | null> =>
  (await done('info', at(name), '--json')).json<ImageInfo>().uniqueId;
async function isProven(name: string): Promise<boolean> {
  const { images } = (await done('chain', at(name), '--json')).json<ChainReport>();
  return images.length > 1 && images[0]?.problems.every(({ severity }) => severity !== 'error') === true;
}

beforeEach(async () => {
  folder = makeFolder();
  vi.stubEnv('PLATTER_UNDO_DIR', path.join(makeFolder('undo'), 'undo'));
  await done('create', at('b.vhd'), '--type', 'dynamic', '--size', '20M');
  await write('b.vhd', 0, Buffer.alloc(3 * MIB, 5));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function makeChildren(): Promise<void> {
  await done('snapshot', at('b.vhd'), at('c.vhd'));
  await done('snapshot', at('b.vhd'), at('s.vhd'));
  await write('c.vhd', MIB, Buffer.alloc(2 * MIB, 6));
}

describe('the new id of a parent after a merge that gave other children up', () => {
  it.each([[[]], [['--delete-child']]])(
    'is not on record as a change that could be undone (%j)',
    async (more) => {
      await makeChildren();
      const before = await idOf('b.vhd');
      const merged = await done('merge', at('c.vhd'), '--break-children', ...more, '--json');
      expect(merged.json<OperationResult>().journal).toBeNull();
      expect(await idOf('b.vhd')).not.toBe(before);
      expect(await isProven('s.vhd')).toBe(false);
      await refused('undo', at('b.vhd'));
      const list = (await done('undo', '--list', at('b.vhd'), '--json')).json<{
        journals: JournalSummary[];
      }>();
      expect(list.journals.filter(({ operation, usable }) => usable || operation === 'merge')).toEqual([]);
      expect(fs.readdirSync(folder).filter((name) => name.includes('platter'))).toEqual([]);
    },
  );

  it('is no part of what people read of the merge', async () => {
    await makeChildren();
    expect((await done('merge', at('c.vhd'), '--break-children')).stdout).not.toContain('Undo');
  });
});

describe('an undo that would give an image back the id by which others know it', () => {
  it('is refused with their names, unless they are accepted', async () => {
    await done('create', at('b.vhd'), '--type', 'fixed', '--size', '20M', '--force');
    await makeChildren();
    const before = await idOf('b.vhd');
    await done('edit', at('b.vhd'), '--set', 'uniqueId=random', '--break-children');
    // as a running machine does: nothing of it is on record
    const file = fs.openSync(at('b.vhd'), 'r+');
    fs.writeSync(file, Buffer.alloc(MIB, 7), 0, MIB, 0);
    fs.closeSync(file);
    await done('snapshot', at('b.vhd'), at('new.vhd'));
    const error = await refused('undo', at('b.vhd'));
    expect(error).toMatchObject({ code: 'has-children' });
    expect(error.message).toMatch(
      /would get back the unique id by which "?c\.vhd"?, "?s\.vhd"? know their parent/,
    );
    expect(error.message).toContain('"new.vhd" would break.');
    expect(error.hint).toContain('--break-children');
    expect(await isProven('s.vhd')).toBe(false);

    const undone = await done('undo', at('b.vhd'), '--break-children', '--json');
    expect(undone.json<UndoResult>().warnings.join()).toMatch(
      /s\.vhd" takes this image for its parent again/,
    );
    expect(await idOf('b.vhd')).toBe(before);
  });

  it('goes on where nobody knows it by that id', async () => {
    await done('edit', at('b.vhd'), '--set', 'uniqueId=random');
    const undone = await done('undo', at('b.vhd'));
    expect(undone.stdout).toMatch(/File size +\d+(\.\d+)? MiB \([\d,]+ bytes\)/);
  });
});

describe('a child that was made smaller', () => {
  it('is merged as it is, or not at all', async () => {
    await write('b.vhd', 18 * MIB, Buffer.alloc(MIB, 8));
    await done('snapshot', at('b.vhd'), at('c.vhd'));
    await write('c.vhd', 18 * MIB, Buffer.alloc(MIB));
    await done('resize', at('c.vhd'), '17M', '--shrink');
    const error = await refused('merge', at('c.vhd'));
    expect(error).toMatchObject({ code: 'sizes-differ' });
    expect(error.hint).toContain('platter resize');
    const merged = await done('merge', at('c.vhd'), '-o', at('o.vhd'), '--json');
    expect(merged.json<OperationResult>().virtualSizeBytes).toBe(17 * MIB);
    await done('compare', at('c.vhd'), at('o.vhd'), '--strict');
    // as the hint says
    await done('resize', at('c.vhd'), '20M');
    await done('merge', at('c.vhd'));
    await done('compare', at('c.vhd'), at('b.vhd'), '--strict');
  });

  it('or larger merges into a new file without its parent being resized', async () => {
    await done('snapshot', at('b.vhd'), at('c.vhd'));
    await done('resize', at('c.vhd'), '30M');
    await write('c.vhd', 25 * MIB, Buffer.alloc(MIB, 9));
    const error = await refused('merge', at('c.vhd'));
    expect(error).toMatchObject({ code: 'sizes-differ' });
    expect(error.hint).not.toContain('Resize the parent');
    await done('merge', at('c.vhd'), '-o', at('o.vhd'));
    await done('compare', at('c.vhd'), at('o.vhd'), '--strict');
  });
});

/** Stops in the middle of the writing and leaves the mark there, as a kill would. */
async function interruptMerge(input: Partial<Parameters<typeof mergeImage>[0]> = {}): Promise<void> {
  const stop = new AbortController();
  const onProgress = ({ phase }: { phase: string }): void => {
    if (phase === 'merge') stop.abort();
  };
  await expect(
    mergeImage({ child: { path: at('c.vhd') }, ...input }, { signal: stop.signal, onProgress }),
  ).rejects.toMatchObject({ code: 'merge-unfinished' });
  expect(fs.existsSync(at('b.vhd.platter-undo'))).toBe(true);
}

describe('while a merge into the parent is half done', () => {
  const goesOn = (): string => `platter merge "${at('c.vhd')}"`;

  it.each([
    [['resize', 'c.vhd', '200M']],
    [['compact', 'c.vhd']],
    [['write', 'c.vhd', '--offset', '0']],
    [['edit', 'c.vhd', '--set', 'creator=win']],
    [['relink', 'c.vhd', '--search', '.']],
    [['repair', 'c.vhd', '--apply']],
    [['undo', 'c.vhd']],
    [['merge', 'g.vhd']],
    [['resize', 'b.vhd', '30M']],
    [['compact', 'b.vhd']],
    [['edit', 'b.vhd', '--set', 'creator=win']],
    [['undo', 'b.vhd']],
    [['snapshot', 'b.vhd', 'new.vhd']],
  ])('%j is refused, with the command that goes on with it', async ([verb = '', ...args]) => {
    await done('snapshot', at('b.vhd'), at('c.vhd'));
    await done('edit', at('c.vhd'), '--set', 'hostOs=Mac');
    await write('c.vhd', MIB, Buffer.alloc(2 * MIB, 6));
    await done('snapshot', at('c.vhd'), at('g.vhd'));
    await interruptMerge({ breakChildren: true });
    const before = fs.readFileSync(at('c.vhd'));
    const paths = args.map((arg) => (arg.endsWith('.vhd') || arg === '.' ? at(arg) : arg));
    const error = await refused(verb, ...paths);
    expect(error.code).toBe('journal-pending');
    expect(error.hint).toContain(goesOn());
    expect(error.hint).not.toContain('to roll it back');
    expect(fs.readFileSync(at('c.vhd')).equals(before)).toBe(true);
    await done('merge', at('c.vhd'));
    await done('compare', at('c.vhd'), at('b.vhd'));
  });

  it('down to a further ancestor, every image on the way must stay', async () => {
    await done('snapshot', at('b.vhd'), at('c.vhd'));
    await write('c.vhd', MIB, Buffer.alloc(2 * MIB, 6));
    await done('snapshot', at('c.vhd'), at('g.vhd'));
    await write('g.vhd', 2 * MIB, Buffer.alloc(2 * MIB, 7));
    await interruptMerge({ child: { path: at('g.vhd') }, downTo: at('b.vhd') });
    for (const name of ['g.vhd', 'c.vhd'])
      expect((await refused('resize', at(name), '200M', '--break-children')).hint).toContain(
        `platter merge "${at('g.vhd')}" --down-to "${at('b.vhd')}"`,
      );
  });

  it('an image that has nothing to do with it may change', async () => {
    await makeChildren();
    await interruptMerge({ breakChildren: true });
    await done('resize', at('s.vhd'), '30M');
  });

  it('goes on where it ended between the new id and the end of the merge', async () => {
    await makeChildren();
    const shown = await shownBy(at('c.vhd'));
    await interruptMerge({ breakChildren: true });
    const { begin } = await readJournal(at('b.vhd.platter-undo'));
    const newId = mergeMarkOf(begin)?.newId ?? '';
    const file = await NodeFile.open(at('b.vhd'), 'write');
    await withUniqueId(file, newId);
    await file.close();
    expect((await refused('resize', at('c.vhd'), '30M')).hint).toContain(`${goesOn()} --break-children`);
    await done('merge', at('c.vhd'), '--break-children');
    expect((await shownBy(at('b.vhd'))).equals(shown)).toBe(true);
    expect(await idOf('b.vhd')).toBe(newId);
    expect(fs.existsSync(at('b.vhd.platter-undo'))).toBe(false);
    expect(await isProven('s.vhd')).toBe(false);
  });
});

describe('an image that was renamed after a change', () => {
  it('is known by its id and its state, so that undo finds the change', async () => {
    const before = fs.readFileSync(at('b.vhd'));
    await done('resize', at('b.vhd'), '30M');
    fs.renameSync(at('b.vhd'), at('ren2.vhd'));
    const list = (await done('undo', '--list', '--json')).json<{ journals: JournalSummary[] }>();
    const gone = await runCli(['undo', list.journals[0]?.journalPath ?? '', '--json']);
    expect(gone.exitCode).toBe(4);
    expect(gone.json<JsonError>().error.hint).toContain('platter undo FILE');
    const undone = await done('undo', at('ren2.vhd'), '--json');
    expect(undone.json<UndoResult>()).toMatchObject({
      imagePath: at('ren2.vhd'),
      fileSizeBytes: before.length,
    });
    expect(fs.readFileSync(at('ren2.vhd')).equals(before)).toBe(true);
    expect(fs.readdirSync(folder)).toEqual(['ren2.vhd']);
  });

  it('is not taken for another that is still there, or that has changed since; it is said what is on record', async () => {
    await done('resize', at('b.vhd'), '30M');
    fs.copyFileSync(at('b.vhd'), at('copy.vhd'));
    const copy = await refused('undo', at('copy.vhd'));
    expect(copy).toMatchObject({ code: 'nothing-to-undo' });
    expect(copy.message).toContain(`then called "${at('b.vhd')}"`);
    expect(copy.hint).toContain('copy');

    fs.rmSync(at('copy.vhd'));
    fs.renameSync(at('b.vhd'), at('ren2.vhd'));
    fs.appendFileSync(at('ren2.vhd'), Buffer.alloc(512));
    const changed = await refused('undo', at('ren2.vhd'));
    expect(changed.message).toContain(`then called "${at('b.vhd')}"`);
    expect(changed.hint).toContain('give it the old name');
  });
});
