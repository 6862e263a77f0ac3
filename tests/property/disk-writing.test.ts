import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random';
import {
  buildChain,
  caseCount,
  chainPlans,
  fillRandomly,
  openChain,
  openChainForWriting,
  readAll,
} from '../support/disk-model';

const operations = fc.array(
  fc.record({
    kind: fc.constantFrom('write', 'write', 'write', 'zeros', 'read', 'reopen', 'flush'),
    at: fc.nat(),
    length: fc.nat(),
    seed: fc.integer(),
    isAligned: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('writing any chain', () => {
  it('keeps to a plain array over writes, zeros, reads and reopenings, and leaves the parents alone', async () => {
    await fc.assert(
      fc.asyncProperty(chainPlans(4), operations, async (plans, steps) => {
        const { files, types, content } = buildChain(plans);
        if (types.at(-1) === 'raw') return;
        const model = Uint8Array.from(content);
        const parentsBefore = files.slice(0, -1).map((file) => file.bytes());
        let disk = await openChainForWriting(files, types);
        for (const step of steps) {
          const grain = step.isAligned ? 512 : 1;
          const offset = Math.floor((step.at % (model.length + 1)) / grain) * grain;
          const length = Math.floor((step.length % (model.length - offset + 1)) / grain) * grain;
          if (step.kind === 'write') {
            const bytes = new Uint8Array(length);
            fillRandomly(bytes, seededRandom(step.seed));
            model.set(bytes, offset);
            await disk.writeAt(bytes, offset);
          } else if (step.kind === 'zeros') {
            model.fill(0, offset, offset + length);
            await disk.writeZeros(offset, length);
          } else if (step.kind === 'read') {
            const target = new Uint8Array(length).fill(0xee);
            await disk.readAt(target, offset);
            expect(Buffer.compare(target, model.subarray(offset, offset + length))).toBe(0);
          } else if (step.kind === 'flush') await disk.flush();
          else disk = await openChainForWriting(files, types);
        }
        expect(Buffer.compare(await readAll(disk), model)).toBe(0);
        expect(Buffer.compare(await readAll(await openChain(files, types)), model)).toBe(0);
        for (const [index, before] of parentsBefore.entries()) {
          expect(Buffer.compare(files[index]?.bytes() ?? before.subarray(1), before)).toBe(0);
        }
      }),
      { numRuns: caseCount(200) },
    );
  });
});
