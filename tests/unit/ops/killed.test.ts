import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkImage,
  compactImage,
  finishRepair,
  mergeImage,
  pendingJournal,
  undoImage,
} from '../../../src-main/engine';
import { PARTIAL_SUFFIX } from '../../../src-main/engine/io';
import { bundleEngine } from '../../support/bundle-engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { makeTempFolder, removeTempFolder, withTempFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { shownBy } from '../../support/shown-by';

const KIB = 1024;
const MIB = 1024 * KIB;
let built = '';
let program = '';
beforeAll(async () => {
  built = makeTempFolder('verb');
  program = await bundleEngine('tests/unit/ops/verb-process.ts', built);
});
afterAll(() => removeTempFolder(built));

/** Runs the verb and kills it (SIGKILL) at its report number `at`; false where it was done before. */
function runKilled(verb: string, input: object, at: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, verb, JSON.stringify(input)]);
    let lines = 0;
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.stdout.on('data', (text: Buffer) => {
      lines += text.toString().split('\n').length - 1;
      if (lines >= at) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== null && code !== 0) reject(new Error(errors));
      else resolve(signal === 'SIGKILL');
    });
  });
}

const content = patchyContent(6 * MIB, 31);
const newer = patchyContent(6 * MIB, 32);
const MOMENTS = [1, 4, 9];

describe('a process killed at any moment', () => {
  it.each(MOMENTS)(
    'of a conversion leaves its source whole and nothing under the target name (report %i)',
    async (moment) => {
      await withTempFolder(async (folder) => {
        const at = (name: string): string => path.join(folder, name);
        buildDynamicOf(content, 64 * KIB).writeTo(at('d.vhd'));
        const before = fs.readFileSync(at('d.vhd'));
        const input = {
          source: { path: at('d.vhd') },
          target: at('new.vhd'),
          to: 'dynamic',
          blockSizeBytes: 512 * KIB,
        };
        const wasKilled = await runKilled('convert', input, moment);
        expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
        const others = fs.readdirSync(folder).filter((name) => name !== 'd.vhd');
        if (wasKilled) expect(others.every((name) => name.endsWith(PARTIAL_SUFFIX))).toBe(true);
        else expect(others).toEqual(['new.vhd']);
      });
    },
  );

  it.each(MOMENTS)(
    'of a compaction in place leaves it as it was, at the latest after undo (report %i)',
    async (moment) => {
      await withTempFolder(async (folder) => {
        const at = (name: string): string => path.join(folder, name);
        const blocks = Array.from({ length: 12 }, (_, index) => ({
          index,
          ...(index % 3 === 0 ? { data: 0 } : {}),
        }));
        buildVhd({ type: 'dynamic', sizeBytes: 6 * MIB, blockSizeBytes: 512 * KIB, blocks }).writeTo(
          at('d.vhd'),
        );
        const before = fs.readFileSync(at('d.vhd'));
        const shown = await shownBy(at('d.vhd'));
        const history = { historyFolder: at('history') };
        const wasKilled = await runKilled('compact', { image: { path: at('d.vhd') }, history }, moment * 3);
        if (await pendingJournal(at('d.vhd'))) {
          await expect(compactImage({ image: { path: at('d.vhd') }, history })).rejects.toMatchObject({
            code: 'journal-pending',
          });
          await undoImage(at('d.vhd'), history);
          expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
        } else if (wasKilled) {
          // before the first change, or after the last
          expect((await shownBy(at('d.vhd'))).equals(shown)).toBe(true);
        }
        await compactImage({ image: { path: at('d.vhd') }, history });
        expect((await shownBy(at('d.vhd'))).equals(shown)).toBe(true);
      });
    },
  );

  it.each([2, 3, 5, 7])(
    'of a write leaves it as it was, at the latest after undo (report %i)',
    async (moment) => {
      await withTempFolder(async (folder) => {
        const file = path.join(folder, 'd.vhd');
        // existing blocks, and new ones behind them
        buildVhd({
          type: 'dynamic',
          sizeBytes: 48 * MIB,
          blocks: Array.from({ length: 12 }, (_, index) => ({ index })),
        }).writeTo(file);
        const before = fs.readFileSync(file);
        const shown = await shownBy(file);
        const history = { historyFolder: path.join(folder, 'history') };
        const input = { image: { path: file }, offset: 100, length: 40 * MIB, history };
        const wasKilled = await runKilled('write', input, moment);
        const pending = await pendingJournal(file);
        if (moment <= 3) expect(pending).not.toBeNull();
        if (pending) {
          const { findings } = await checkImage(file);
          expect(findings).toContainEqual(
            expect.objectContaining({
              code: 'change-interrupted',
              detail: expect.stringContaining('Write 40 MiB (41,943,040 bytes) from byte 100 on') as string,
              hint: expect.stringContaining('platter undo') as string,
            }),
          );
          await undoImage(file, history);
          expect(fs.readFileSync(file).equals(before)).toBe(true);
        } else {
          // not killed before the end
          expect(wasKilled && (await shownBy(file)).equals(shown)).toBe(false);
        }
      });
    },
  );

  it.each(MOMENTS)(
    'of a merge leaves what the child shows, and merging again finishes it (report %i)',
    async (moment) => {
      await withTempFolder(async (folder) => {
        const at = (name: string): string => path.join(folder, name);
        const isChanged = (sector: number): boolean => Math.floor(sector / 600) % 2 === 0;
        const base = buildDynamicOf(content, 512 * KIB);
        base.writeTo(at('base.vhd'));
        buildChildOf(base, 'base.vhd', newer, isChanged, 512 * KIB).writeTo(at('child.vhd'));
        const child = fs.readFileSync(at('child.vhd'));
        const isKilled = await runKilled('merge', { child: { path: at('child.vhd') } }, moment + 4);
        if (isKilled && (await pendingJournal(at('base.vhd')))) {
          const advice = { hint: expect.stringContaining('platter merge') as string };
          await expect(undoImage(at('base.vhd'))).rejects.toMatchObject(advice);
          await expect(finishRepair(at('base.vhd'))).rejects.toMatchObject(advice);
          for (const name of ['base.vhd', 'child.vhd']) {
            const { findings } = await checkImage(at(name));
            expect(findings).toContainEqual(
              expect.objectContaining({ code: 'change-interrupted', ...advice }),
            );
          }
        }
        const expected = overlaid(content, newer, isChanged);
        expect(fs.readFileSync(at('child.vhd')).equals(child)).toBe(true);
        expect((await shownBy(at('child.vhd'))).equals(expected)).toBe(true);
        await mergeImage({ child: { path: at('child.vhd') } });
        expect((await shownBy(at('base.vhd'))).equals(expected)).toBe(true);
        expect(await pendingJournal(at('base.vhd'))).toBeNull();
        const after = await checkImage(at('base.vhd'), { deep: true });
        expect(after.findings.map(({ code }) => code)).not.toContain('unreferenced-data');
      });
    },
  );
});
