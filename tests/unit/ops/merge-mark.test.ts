import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  checkImage,
  deleteJournal,
  mergeImage,
  NodeFile,
  pendingChange,
  preflightMerge,
  undoImage,
  writeGuest,
} from '../../../src-main/engine';
import { withUniqueId } from '../../../src-main/engine/ops/sparse-image';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { useTestFolder } from '../../support/temp';

const KIB = 1024;
const SIZE = 4 * 1024 * KIB;
const BLOCK = 64 * KIB;
const [older, newer, other] = [51, 52, 53].map((seed) => patchyContent(SIZE, seed)) as [
  Buffer,
  Buffer,
  Buffer,
];
const base = buildDynamicOf(older, BLOCK);
const isChanged = (sector: number): boolean => sector % 3 === 0;
const at = useTestFolder('mark');
const child = { path: '' };

beforeEach(() => {
  child.path = at('child.vhd');
  base.writeTo(at('base.vhd'));
  buildChildOf(base, 'base.vhd', newer, isChanged, BLOCK).writeTo(child.path);
});

/** Stops in the middle of the writing, as a kill would, and leaves blocks that the BAT does not name, as a kill would. */
async function interrupt(): Promise<void> {
  const stop = new AbortController();
  const onProgress = ({ phase }: { phase: string }): void => {
    if (phase === 'merge') stop.abort();
  };
  await expect(mergeImage({ child }, { signal: stop.signal, onProgress })).rejects.toMatchObject({
    code: 'merge-unfinished',
  });
  const bytes = fs.readFileSync(at('base.vhd'));
  const leaked = Buffer.alloc(2 * (BLOCK + 512), 0xa5);
  fs.writeFileSync(at('base.vhd'), Buffer.concat([bytes.subarray(0, -512), leaked, bytes.subarray(-512)]));
}

const interruptedIn = async (name: string) =>
  (await checkImage(at(name))).findings.find(({ code }) => code === 'change-interrupted');

describe('a merge into a parent that was interrupted', () => {
  it('is told by the parent and the child, and cannot be rolled back', async () => {
    await interrupt();
    const says = expect.stringContaining(`platter merge "${child.path}"`) as string;
    expect(await interruptedIn('base.vhd')).toMatchObject({ severity: 'error', hint: says });
    expect(await interruptedIn('child.vhd')).toMatchObject({
      severity: 'warning',
      hint: says,
    });
    expect(await pendingChange(at('base.vhd'))).toMatchObject({
      operation: 'merge',
      state: 'inFlight',
      usable: false,
      finishable: false,
      reason: says,
    });
    await expect(undoImage(at('base.vhd'))).rejects.toMatchObject({
      code: 'journal-pending',
      hint: says,
    });
    await expect(
      writeGuest(
        { image: { path: at('base.vhd') }, offset: 0, breakChildren: true },
        (async function* () {})(),
      ),
    ).rejects.toMatchObject({ code: 'journal-pending', hint: says });
  });

  it('goes on where it stopped, and leaves neither mark nor blocks that belong to nothing', async () => {
    await interrupt();
    const before = await checkImage(at('base.vhd'), { deep: true });
    expect(before.findings.map(({ code }) => code)).toContain('unreferenced-data');
    await mergeImage({ child });
    expect((await shownBy(at('base.vhd'))).equals(overlaid(older, newer, isChanged))).toBe(true);
    expect(fs.readdirSync(at()).sort()).toEqual(['base.vhd', 'child.vhd']);
    const after = await checkImage(at('base.vhd'), { deep: true });
    expect(after.findings.map(({ code }) => code)).not.toContain('unreferenced-data');
    expect(await interruptedIn('child.vhd')).toBeUndefined();
  });

  it('stands in the way of merging another child, which is told that it sees mixed content', async () => {
    await interrupt();
    buildChildOf(base, 'base.vhd', other, (sector) => sector % 2 === 0, BLOCK).writeTo(at('other.vhd'));
    const file = await NodeFile.open(at('other.vhd'), 'write');
    await withUniqueId(file, '11111111-2222-4333-8444-555555555555');
    await file.close();
    await expect(
      preflightMerge({ child: { path: at('other.vhd') }, breakChildren: true }),
    ).rejects.toMatchObject({ code: 'journal-pending' });
    expect(await interruptedIn('other.vhd')).toMatchObject({ severity: 'error' });
  });

  it('is forgotten where its mark is removed', async () => {
    await interrupt();
    await deleteJournal(`${at('base.vhd')}.platter-undo`);
    expect(await interruptedIn('base.vhd')).toBeUndefined();
  });
});
