import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { openForWriting } from '../../../src-main/engine/io';
import {
  applyRepair,
  JournaledFile,
  planRepair,
  undoImage,
  type PlanOptions,
} from '../../../src-main/engine/repair';
import { checkImage } from '../../../src-main/engine/check/check-image';
import type { RepairItem, RepairPlan } from '../../../src-shared/model/repair-plan';
import { buildVhd, type BuiltVhd, type VhdKnobs } from '../../support/vhd-builder';

export const KIB = 1024;
export const BLOCK = 64 * KIB;

/** A small dynamic disk of four blocks, two of them allocated. */
export const dynamicKnobs = (more: Partial<VhdKnobs> = {}): VhdKnobs => ({
  type: 'dynamic',
  sizeBytes: 4 * BLOCK,
  blockSizeBytes: BLOCK,
  blocks: [{ index: 2 }, { index: 0 }],
  ...more,
});

export const fixedKnobs = (more: Partial<VhdKnobs> = {}): VhdKnobs => ({
  type: 'fixed',
  sizeBytes: 4 * BLOCK,
  data: new Uint8Array(4 * BLOCK).fill(7),
  ...more,
});

/** An image on disk with the history in a folder of its own. */
export class Bench {
  readonly path: string;
  readonly historyFolder: string;
  readonly built: BuiltVhd;

  constructor(folder: string, knobs: VhdKnobs, name = 'disk.vhd') {
    this.built = buildVhd(knobs);
    this.path = this.built.writeTo(path.join(folder, name));
    this.historyFolder = path.join(folder, 'history');
  }

  bytes(): Buffer {
    return fs.readFileSync(this.path);
  }
  write(offset: number, bytes: Uint8Array | readonly number[]): this {
    const fd = fs.openSync(this.path, 'r+');
    fs.writeSync(fd, Uint8Array.from(bytes), 0, bytes.length, offset);
    fs.closeSync(fd);
    return this;
  }
  truncate(size: number): this {
    fs.truncateSync(this.path, size);
    return this;
  }
  append(bytes: Uint8Array): this {
    fs.appendFileSync(this.path, bytes);
    return this;
  }
  plan(options: PlanOptions = {}): Promise<RepairPlan> {
    return planRepair(this.path, options);
  }
  apply(options: PlanOptions = {}, token?: string): Promise<RepairPlan> {
    return applyRepair(this.path, { ...options, historyFolder: this.historyFolder }, token);
  }
  undo() {
    return undoImage(this.path, { historyFolder: this.historyFolder });
  }
  async codes(): Promise<readonly string[]> {
    return (await checkImage(this.path, { deep: true })).findings.map((finding) => finding.code);
  }
  async verdict(): Promise<string> {
    return (await checkImage(this.path, { deep: true })).verdict;
  }
}

/** A change of data, a new tail, and a settled journal. */
export async function changed(bench: Bench, title = 'A change'): Promise<string> {
  const image = await openForWriting(bench.path);
  try {
    const journaled = await JournaledFile.begin(
      image,
      { operation: 'edit', title },
      { historyFolder: bench.historyFolder },
    );
    await journaled.writeAt(new Uint8Array(3000).fill(0xaa), 100);
    const footer = bench.bytes().subarray(-512);
    await journaled.setSize(bench.bytes().length + 4096);
    await journaled.writeAt(footer, bench.bytes().length - 512);
    const where = await journaled.settle({ historyFolder: bench.historyFolder });
    if (where === null) throw new Error('nothing was journalled');
    return where;
  } finally {
    await image.close();
  }
}

export const item = (plan: RepairPlan, code: string): RepairItem => {
  const found = plan.plan.find((one) => one.code === code);
  if (!found) throw new Error(`no item ${code} among ${plan.plan.map((one) => one.code).join(', ')}`);
  return found;
};

export const sha = (bytes: Uint8Array): string => crypto.createHash('sha256').update(bytes).digest('hex');

/** The plan's shape against the file: every shown `before` is what the file holds, and the prediction comes true. */
export async function repairAndUndo(
  bench: Bench,
  options: PlanOptions = {},
): Promise<{ plan: RepairPlan; repaired: Buffer }> {
  const damaged = bench.bytes();
  const modified = fs.statSync(bench.path).mtimeMs;
  const shown = await bench.plan(options);
  expect(bench.bytes().equals(damaged), 'planning must not write').toBe(true);
  const plan = await bench.apply(options, shown.stateToken);
  expect(plan.plan).toEqual(shown.plan);
  const repaired = bench.bytes();
  expect(repaired.length).toBe(plan.fileSizeAfterBytes);
  expect(await bench.verdict()).toBe(plan.predictedVerdict);
  const undone = await bench.undo();
  expect(undone.fileSizeBytes).toBe(damaged.length);
  expect(bench.bytes().equals(damaged), 'undo must give the file back').toBe(true);
  expect(Math.abs(fs.statSync(bench.path).mtimeMs - modified)).toBeLessThan(1);
  expect(fs.readdirSync(path.dirname(bench.path)).filter((name) => name.includes('platter'))).toEqual([]);
  return { plan, repaired };
}
