import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildChain, caseCount, chainPlans, openChain, readAll } from '../support/disk-model';

describe('reading any chain', () => {
  it('gives the bytes of a plain array, whatever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        chainPlans(4),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
        async (plans, asks) => {
          const { files, types, content } = buildChain(plans);
          const disk = await openChain(files, types);
          expect(disk.sizeBytes).toBe(content.length);
          expect(Buffer.compare(await readAll(disk), content)).toBe(0);
          for (const [a, b] of asks) {
            const offset = a % (content.length + 1);
            const target = new Uint8Array(b % (content.length - offset + 1)).fill(0xee);
            await disk.readAt(target, offset);
            expect(Buffer.compare(target, content.subarray(offset, offset + target.length))).toBe(0);
          }
        },
      ),
      { numRuns: caseCount(150) },
    );
  });

  it('lists extents that tile the range and say what the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(chainPlans(4), fc.nat(), fc.nat(), async (plans, a, b) => {
        const { files, types, content } = buildChain(plans);
        const disk = await openChain(files, types);
        const offset = a % (content.length + 1);
        const end = offset + (b % (content.length - offset + 1));
        let position = offset;
        for await (const extent of disk.extents(offset, end - offset)) {
          expect(extent.offset).toBe(position);
          expect(extent.length).toBeGreaterThan(0);
          position += extent.length;
          const bytes = content.subarray(extent.offset, position);
          if (extent.state === 'zero' || extent.state === 'unallocated') {
            expect(bytes.every((byte) => byte === 0)).toBe(true);
            continue;
          }
          expect(extent.state === 'data' ? extent.depth === 0 : extent.depth > 0).toBe(true);
          const stored = new Uint8Array(extent.length);
          const file = files[files.length - 1 - extent.depth];
          await file?.readAt(stored, extent.fileOffset ?? -1);
          expect(Buffer.compare(stored, bytes)).toBe(0);
        }
        expect(position).toBe(end);
      }),
      { numRuns: caseCount(150) },
    );
  });
});
