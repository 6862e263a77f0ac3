import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { finishRepair, listJournals, pendingJournal, undoImage } from '../../src-main/engine/repair';
import { bundleEngine } from '../support/bundle-engine';
import { useTempFolders } from '../support/temp';
import { buildVhd } from '../support/vhd-builder';

const folder = useTempFolders('all');
let engine = '';

/** Repairs `image` in a process of its own, which kills itself hard at its `killAt`-th call that changes a file. */
const CHILD = `
const fs = require('node:fs');
const [engine, image, historyFolder, killAt] = process.argv.slice(2);
let calls = 0;
const count = () => { calls += 1; if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL'); };
for (const owner of [fs, fs.promises]) for (const name of ['write', 'fsync', 'fdatasync', 'ftruncate', 'futimes', 'rename', 'link', 'rm']) {
  const original = owner[name];
  if (original) owner[name] = (...args) => { count(); return original.apply(owner, args); };
}
require(engine).applyRepair(image, { historyFolder }).then(
  () => { process.stdout.write(String(calls)); },
  (error) => { console.error(error); process.exit(1); },
);
`;

beforeAll(async () => {
  engine = await bundleEngine('src-main/engine/repair/index.ts', folder('engine'));
});

/** Several items at once: a cut, a field in three places, a table that moves, bytes at the end. */
function damagedImage(into: string, name: string): string {
  const image = buildVhd({
    type: 'dynamic',
    sizeBytes: 1024 * 1024,
    blockSizeBytes: 64 * 1024,
    blocks: [{ index: 3 }, { index: 1 }],
    extraEntries: 2,
    batOffset: 1540,
    slackBytes: 508,
    footer: { features: 0, originalSize: 1n << 40n },
    header: { dataOffset: 0xffff_ffffn },
    trailing: new Uint8Array(3000).fill(0x77),
  }).writeTo(path.join(into, name));
  return image;
}

function repairKilledAt(
  image: string,
  historyFolder: string,
  killAt: number,
): { killed: boolean; calls: number } {
  const script = path.join(path.dirname(engine), 'child.cjs');
  if (!fs.existsSync(script)) fs.writeFileSync(script, CHILD);
  const run = spawnSync(process.execPath, [script, engine, image, historyFolder, String(killAt)], {
    timeout: 30_000,
  });
  if (run.signal !== 'SIGKILL' && run.status !== 0) throw new Error(run.stderr.toString());
  return { killed: run.signal === 'SIGKILL', calls: Number(run.stdout.toString() || 0) };
}

describe('a repair whose process is killed hard', () => {
  it.each([
    ['', 'disk.vhd', 1],
    [', with a name of 255 bytes', `${'n'.repeat(251)}.vhd`, 5],
  ])(
    'can be rolled back or finished wherever it was, and nothing in between is ever left%s',
    async (_, name, step) => {
      const reference = folder();
      const image = damagedImage(reference, name);
      const damaged = fs.readFileSync(image);
      const { calls } = repairKilledAt(image, path.join(reference, 'history'), 0);
      const repaired = fs.readFileSync(image);
      expect(repaired.equals(damaged)).toBe(false);
      expect(calls).toBeGreaterThan(8);

      const outcomes = new Set<string>();
      // the first and the last moments are of their own kind, whatever lies between
      const isVisited = (at: number): boolean => at % step === 0 || at <= 2 || at > calls - 2;
      for (let killAt = 1; killAt <= calls; killAt += 1) {
        if (!isVisited(killAt)) continue;
        const into = folder();
        const history = { historyFolder: path.join(into, 'history') };
        const target = damagedImage(into, name);
        fs.writeFileSync(target, damaged);
        expect(repairKilledAt(target, history.historyFolder, killAt).killed).toBe(true);
        const pending = await pendingJournal(target);
        const where = `killed at call ${killAt} of ${calls}`;
        if (pending && killAt % 2 === 0) {
          outcomes.add('finished');
          const plan = await finishRepair(target, history);
          expect(plan.applied, where).toBe(true);
          expect(fs.readFileSync(target).equals(repaired), where).toBe(true);
          await undoImage(target, history);
        } else if (pending) {
          outcomes.add('rolled back');
          await undoImage(target, history);
        } else if (fs.readFileSync(target).equals(repaired)) {
          outcomes.add('done');
          await undoImage(target, history);
        } else outcomes.add('not begun');
        expect(fs.readFileSync(target).equals(damaged), where).toBe(true);
        expect(await pendingJournal(target), where).toBeNull();
        expect(
          (await listJournals({ ...history, imagePath: target })).filter((one) => one.usable),
          where,
        ).toEqual([]);
        const left = fs
          .readdirSync(into)
          .filter((entry) => ![path.basename(target), 'history'].includes(entry));
        expect(
          left.every((name) => name.endsWith('.platter-part')),
          `${where}: ${left.join()}`,
        ).toBe(true);
        fs.rmSync(into, { recursive: true });
      }
      expect([...outcomes].sort()).toEqual(['done', 'finished', 'not begun', 'rolled back']);
    },
  );
});
