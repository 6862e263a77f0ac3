/** Tables that give up pages and read them again, next to plain arrays. */
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { BatEntries, encodeBat, freeEntries, readBat } from '../../../src-main/engine/format';
import { PAGE_BUDGET, PageBudget } from '../../../src-main/engine/format/page-budget';
import { NodeFile, OverlayFile } from '../../../src-main/engine/io';
import { MemoryFile } from '../../support/fake-files';
import { seededRandom } from '../../support/random';
import { useTempFolders } from '../../support/temp';

const folder = useTempFolders('all');
const UNUSED = 0xffff_ffff;
const STRIDE = 129;
const PAGE = 16_384;
/** More than are kept as one array, the last page a short one. */
const MANY = 1024 * 1024 + 40_000;
const OFFSET = 1536;
const { limitBytes } = PAGE_BUDGET;
const opened: NodeFile[] = [];

afterEach(async () => {
  PAGE_BUDGET.limitBytes = limitBytes;
  for (const file of opened.splice(0)) await file.close();
});

/** In pages of every kind: scattered, in order, not in use, and numbers that mean nothing. */
function entriesOf(seed: number): Uint32Array {
  const random = seededRandom(seed);
  const kinds = Array.from({ length: Math.ceil(MANY / PAGE) }, () => Math.floor(random() * 5));
  return Uint32Array.from({ length: MANY }, (_, index) => {
    switch (kinds[Math.floor(index / PAGE)]) {
      case 0:
        return UNUSED;
      case 1:
        return 3000 + index * STRIDE;
      case 2:
        return Math.floor(random() * 2 ** 32);
      default:
        return random() < 0.1 ? UNUSED : 3000 + Math.floor(random() * 33e6) * STRIDE;
    }
  });
}

function writeBatFile(entries: Uint32Array): string {
  const file = path.join(folder('bat'), 'table');
  fs.writeFileSync(file, Buffer.concat([Buffer.alloc(OFFSET), encodeBat(entries), Buffer.alloc(512)]));
  return file;
}

async function openForReading(file: string): Promise<NodeFile> {
  const handle = await NodeFile.open(file, 'read');
  opened.push(handle);
  return handle;
}

async function readTable(file: string): Promise<BatEntries> {
  const handle = await openForReading(file);
  return (await readBat(handle, OFFSET, MANY, await handle.size(), MANY)).entries;
}

const isEqual = (a: Uint32Array, b: Uint32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

const fileA = (): string => (pathA ??= writeBatFile(modelA));
const modelA = entriesOf(1);
let pathA: string | undefined;

describe('a large BAT that is only read', () => {
  it('says what an array says, however few of its pages may stay', async () => {
    const [other, otherFile] = [entriesOf(2), writeBatFile(entriesOf(2))];
    const asked = fc.array(fc.tuple(fc.nat(MANY + 10), fc.nat(40_000), fc.boolean()), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 70_000, 1_000_000, 2e9), asked, async (budget, questions) => {
        PAGE_BUDGET.limitBytes = budget;
        const tables = [await readTable(fileA()), await readTable(otherFile)] as const;
        for (const [from, length, isFirst] of questions) {
          const table = tables[isFirst ? 0 : 1];
          const model = isFirst ? modelA : other;
          const to = from + length;
          expect(table.at(from)).toBe(model[from]);
          expect(isEqual(table.slice(from, to), model.slice(from, to))).toBe(true);
          const used = model.findIndex((sector, index) => index >= from && sector !== UNUSED);
          if (from < MANY) expect(table.nextUsed(from, MANY)).toBe(used < 0 ? MANY : used);
          expect(table.first(from).at(from - 1)).toBe(from > MANY ? undefined : model[from - 1]);
        }
        expect(PAGE_BUDGET.takenBytes).toBeLessThanOrEqual(budget);
        for (const table of tables) freeEntries(table);
        expect(tables[0].at(0)).toBeUndefined();
      }),
      { numRuns: 12 },
    );
    expect(PAGE_BUDGET.takenBytes).toBe(0);
  });

  it('takes changes as an array does, wherever its file goes then', async () => {
    PAGE_BUDGET.limitBytes = 100_000;
    const [table, model] = [await readTable(fileA()), modelA.slice()];
    const beginning = table.first(MANY - 5);
    const random = seededRandom(5);
    for (let count = 0; count < 3000; count += 1) {
      const index = Math.floor(random() * MANY);
      const sector = random() < 0.3 ? UNUSED : Math.floor(random() * 2 ** 31);
      table.set(index, sector);
      model[index] = sector;
      if (count === 0) for (const file of opened.splice(0)) await file.close();
    }
    expect(isEqual(table.slice(), model)).toBe(true);
    expect(isEqual(beginning.slice(), model.slice(0, MANY - 5))).toBe(true);
    freeEntries(table);
    expect(PAGE_BUDGET.takenBytes).toBe(0);
  });

  it('gives up pages for a table that cannot, and goes on with the part that is being looked at', async () => {
    const table = await readTable(fileA());
    const all = PAGE_BUDGET.takenBytes;
    PAGE_BUDGET.limitBytes = all;
    const changed = BatEntries.unused(MANY);
    const seen = new Uint32Array(MANY).fill(UNUSED);
    for (const { first, entries } of table.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        // a page of the other table for every page of this
        if (at === 7) changed.set(first, first + 1);
        seen[first + at] = entries[at] ?? 0;
      }
    }
    expect(isEqual(seen, modelA)).toBe(true);
    // the other takes more than there is; of this nothing is left
    expect(PAGE_BUDGET.takenBytes).toBeGreaterThan(all);
    freeEntries(changed);
    expect(PAGE_BUDGET.takenBytes).toBe(0);
    expect(isEqual(table.slice(), modelA)).toBe(true);
    freeEntries(table);
  });

  it('does not take a file for the table it was read from that was changed or cut since', async () => {
    PAGE_BUDGET.limitBytes = 0;
    const scattered = modelA.map((sector, index) => (sector === UNUSED ? 7 + index * 3 : sector));
    for (const page of [20, 30, 40]) scattered.set([9, 1, 70_000, 5], page * PAGE);
    const file = writeBatFile(scattered);
    const table = await readTable(file);
    const index = 20 * PAGE + 2;
    const handle = fs.openSync(file, 'r+');
    fs.writeSync(handle, Uint8Array.of(1), 0, 1, OFFSET + index * 4 + 3);
    expect(() => table.at(index)).toThrow(expect.objectContaining({ code: 'file-changed' }));
    expect(() => table.slice()).toThrow(expect.objectContaining({ code: 'file-changed' }));
    expect(() => table.set(3, 3)).toThrow(expect.objectContaining({ code: 'file-changed' }));
    expect(table.at(30 * PAGE + 2)).toBe(70_000);
    fs.ftruncateSync(handle, OFFSET + 30 * PAGE * 4);
    // what is held is held; the next is not there any more
    expect(() => table.at(31 * PAGE - 1)).toThrow(expect.objectContaining({ code: 'file-changed' }));
    fs.closeSync(handle);
    await opened.pop()?.close();
    expect(() => table.at(40 * PAGE)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('stays whole in memory where it is asked to, or where its file cannot be read again', async () => {
    PAGE_BUDGET.limitBytes = 0;
    const kept = await readTable(fileA());
    kept.keepInMemory();
    for (const file of opened.splice(0)) await file.close();
    const bytes = fs.readFileSync(fileA());
    const writable = await NodeFile.open(writeBatFile(modelA), 'write');
    const overlay = await OverlayFile.over(await openForReading(fileA()));
    const tables = [kept];
    for (const file of [new MemoryFile(bytes), writable, overlay])
      tables.push((await readBat(file, OFFSET, MANY, bytes.length, MANY)).entries);
    await writable.close();
    for (const table of tables) {
      expect(isEqual(table.slice(), modelA)).toBe(true);
      freeEntries(table);
    }
    expect(PAGE_BUDGET.takenBytes).toBe(0);
  });

  it('takes nothing of the budget once nobody knows it any more', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const budget = new PageBudget(1e9);
    const fill = (): void => {
      const table = BatEntries.unused(MANY, undefined, budget);
      table.fill(0, modelA);
    };
    fill();
    expect(budget.takenBytes).toBeGreaterThan(1_000_000);
    for (let count = 0; count < 100 && budget.takenBytes > 0; count += 1) {
      await turn();
      collect();
    }
    expect(budget.takenBytes).toBe(0);
  });
});
