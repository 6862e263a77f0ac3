import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExtentState, VirtualDisk } from '../../src-main/engine';
import { contentFingerprint } from '../../src-main/engine/ops/content-fingerprint';
import { caseCount } from '../support/disk-model';
import { memoryDisk } from '../support/memory-disk';

/** The content in extents that end anywhere, inside sectors too; zeros now as data, now as known zeros. */
function cutDisk(content: Buffer, cuts: readonly number[]): VirtualDisk {
  const ends = [...new Set([...cuts.map((cut) => cut % content.length), content.length])]
    .filter((end) => end > 0)
    .sort((a, b) => a - b);
  return {
    ...memoryDisk(content),
    async *extents() {
      await Promise.resolve();
      let offset = 0;
      for (const [index, end] of ends.entries()) {
        const isZero = content.subarray(offset, end).every((byte) => byte === 0);
        const state: ExtentState = isZero && index % 2 === 0 ? 'zero' : 'data';
        yield { offset, length: end - offset, state, depth: 0, fileOffset: offset };
        offset = end;
      }
    },
  };
}

const fingerprintOf = (disk: VirtualDisk, sizeBytes = disk.sizeBytes): Promise<string> =>
  contentFingerprint(disk, sizeBytes, {}, 'read');

/** Sectors and parts of them, of zeros or not. */
const contents = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 140_000 }), fc.integer({ min: 0, max: 2 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => Buffer.concat(parts.map(([length, byte]) => Buffer.alloc(length, byte))));

describe('the fingerprint of content', () => {
  it('is the same however the content is cut, and with zeros behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.nat(3000),
        async (content, cuts, zeros) => {
          const whole = await fingerprintOf(memoryDisk(content));
          expect(await fingerprintOf(cutDisk(content, cuts))).toBe(whole);
          const longer = Buffer.concat([content, Buffer.alloc(zeros)]);
          expect(await fingerprintOf(cutDisk(longer, cuts))).toBe(whole);
          expect(await fingerprintOf(memoryDisk(longer), content.length)).toBe(whole);
        },
      ),
      { numRuns: caseCount(100) },
    );
  });

  it('is another one as soon as one byte is', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (content, place, change) => {
          const changed = Buffer.from(content);
          const at = place % content.length;
          changed[at] = (changed[at] ?? 0) ^ change;
          expect(await fingerprintOf(memoryDisk(changed))).not.toBe(await fingerprintOf(memoryDisk(content)));
        },
      ),
      { numRuns: caseCount(100) },
    );
  });
});
