import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { compactImage, NodeFile, preflightCompact } from '../../../src-main/engine';
import * as freeSpace from '../../../src-main/engine/io/free-space';
import type { OperationResult } from '../../../src-shared/model/results';
import { useTestFolder } from '../../support/temp';
import { buildVhd, type BlockKnobs } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const BLOCK = 2 * MIB;
const at = useTestFolder('compact');
const compact = (name: string, realign = false): Promise<OperationResult> =>
  compactImage({ image: { path: at(name) }, realign, history: { historyFolder: at('history') } });

/** Makes every 4 KiB of zeros in a file a hole, as `fallocate --dig-holes` does. */
function digHoles(file: string): void {
  const bytes = fs.readFileSync(file);
  const fd = fs.openSync(`${file}.sparse`, 'w');
  for (let offset = 0; offset < bytes.length; offset += 4 * KIB) {
    const page = bytes.subarray(offset, offset + 4 * KIB);
    if (page.some((byte) => byte !== 0)) fs.writeSync(fd, page, 0, page.length, offset);
  }
  fs.ftruncateSync(fd, bytes.length);
  fs.closeSync(fd);
  fs.renameSync(`${file}.sparse`, file);
}

/** Bytes that go through the io seam, by where they go, while `work` runs. */
async function writtenDuring(work: () => Promise<unknown>): Promise<{ all: number; journal: number }> {
  const write = vi.spyOn(NodeFile.prototype, 'writeAt');
  await work();
  const sum = (isCounted: (path: string) => boolean): number =>
    write.mock.calls.reduce(
      (bytes, [source], call) =>
        bytes + (isCounted((write.mock.contexts[call] as NodeFile).path) ? source.length : 0),
      0,
    );
  const written = { all: sum(() => true), journal: sum((file) => !file.endsWith('.vhd')) };
  write.mockRestore();
  return written;
}

const dense = (index: number): BlockKnobs => ({ index, data: Buffer.alloc(BLOCK, 0x41 + index) });
const empty = (index: number): BlockKnobs => ({ index, data: 0 });
const CASES: readonly (readonly [string, readonly BlockKnobs[]])[] = [
  ['blocks that show nothing lie in front', [empty(0), empty(1), dense(2), dense(3), dense(4)]],
  ['they lie behind', [dense(0), dense(1), empty(2), empty(3), empty(4)]],
  ['they lie between', [dense(0), empty(1), dense(2), empty(3), dense(4)]],
  ['there are gaps', [dense(0), { ...dense(1), gapBytes: MIB }, { ...dense(2), gapBytes: 8 * KIB }]],
];

describe.runIf(process.platform === 'linux')('the forecast of compacting a sparse image in place', () => {
  it.each(CASES)('is what is written, journal included, where %s', async (_, blocks) => {
    buildVhd({ type: 'dynamic', sizeBytes: 10 * BLOCK, blocks }).writeTo(at('d.vhd'));
    digHoles(at('d.vhd'));
    const facts = await preflightCompact({ image: { path: at('d.vhd') } });
    const { all, journal } = await writtenDuring(() => compact('d.vhd'));
    expect(facts.bytesToWrite).toBeGreaterThanOrEqual(all);
    expect(facts.bytesToWrite).toBeLessThan(all + 48 * KIB);
    const journalBytes = fs.statSync(path.join(at('history'), fs.readdirSync(at('history'))[0] ?? '')).size;
    expect(journal).toBeGreaterThanOrEqual(journalBytes);
  });

  it('asks for next to no room where half a terabyte of holes is cut off', async () => {
    const sizeBytes = 512 * GIB;
    const built = buildVhd({ type: 'dynamic', sizeBytes, blocks: [dense(0)] });
    built.writeTo(at('d.vhd'));
    const footer = fs.readFileSync(at('d.vhd')).subarray(-512);
    const fd = fs.openSync(at('d.vhd'), 'r+');
    fs.writeSync(fd, Buffer.alloc(512), 0, 512, fs.fstatSync(fd).size - 512);
    fs.writeSync(fd, footer, 0, 512, 500 * GIB);
    fs.closeSync(fd);
    const volume = { freeBytes: 8 * MIB, maxFileBytes: null, sparseFiles: true, name: 'ext4' } as const;
    const facts = vi.spyOn(freeSpace, 'volumeFacts').mockResolvedValue(volume);
    const preflight = await preflightCompact({ image: { path: at('d.vhd') } });
    expect(preflight.ok).toBe(true);
    const { all } = await writtenDuring(() => compact('d.vhd'));
    facts.mockRestore();
    expect(preflight.bytesToWrite).toBeGreaterThanOrEqual(all);
    expect(preflight.bytesToWrite).toBeLessThan(4 * MIB);
    expect(fs.statSync(at('d.vhd')).size).toBeLessThan(4 * MIB);
  });

  it('counts holes that blocks move into as room that is taken', async () => {
    buildVhd({
      type: 'dynamic',
      sizeBytes: 10 * BLOCK,
      blocks: [empty(0), empty(1), dense(2), dense(3)],
    }).writeTo(at('d.vhd'));
    digHoles(at('d.vhd'));
    const volume = { freeBytes: 3 * MIB, maxFileBytes: null, sparseFiles: true, name: 'ext4' } as const;
    const facts = vi.spyOn(freeSpace, 'volumeFacts').mockResolvedValue(volume);
    const { items } = await preflightCompact({ image: { path: at('d.vhd') } });
    facts.mockRestore();
    expect(items).toContainEqual(expect.objectContaining({ code: 'free-space', level: 'blocked' }));
  });
});

describe('the forecast of compacting a dense image in place', () => {
  const unwanted: BlockKnobs = { index: 0, data: 0x7a, bitmap: 'zeros' };
  it.each([
    ['blocks without a set bit lie in front', [unwanted, dense(2), dense(3)], false],
    ['they lie behind', [dense(1), dense(2), unwanted], false],
    ['blocks are put on multiples of 4 KiB', [dense(1), dense(2), dense(3)], true],
  ] as const)('is what is written, journal included, where %s', async (_, blocks, realign) => {
    buildVhd({ type: 'dynamic', sizeBytes: 10 * BLOCK, blocks }).writeTo(at('d.vhd'));
    const facts = await preflightCompact({ image: { path: at('d.vhd') }, realign });
    const { all } = await writtenDuring(() => compact('d.vhd', realign));
    expect(facts.bytesToWrite).toBeGreaterThanOrEqual(all);
    expect(facts.bytesToWrite).toBeLessThan(all + 48 * KIB);
  });
});
