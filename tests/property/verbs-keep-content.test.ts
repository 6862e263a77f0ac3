import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  compactImage,
  convertImage,
  hashImage,
  mergeImage,
  resizeImage,
  snapshotImage,
  writeGuest,
} from '../../src-main/engine';
import { patchyContent } from '../support/ops-content';
import { withTempFolder } from '../support/temp';

const KIB = 1024;
const MIB = 1024 * KIB;
const SECTOR = 512;
const LARGEST = 6 * MIB;

type Step =
  | { readonly verb: 'convert'; readonly to: 'fixed' | 'dynamic' | 'raw'; readonly blockSizeBytes: number }
  | { readonly verb: 'compact'; readonly isNew: boolean; readonly realign: boolean }
  | { readonly verb: 'grow'; readonly sectors: number }
  | { readonly verb: 'shrink' }
  | {
      readonly verb: 'child';
      readonly blockSizeBytes: number;
      readonly at: number;
      readonly length: number;
      readonly seed: number;
    }
  | { readonly verb: 'merge'; readonly isNew: boolean };

const blockSizes = fc.constantFrom(4 * KIB, 64 * KIB, 512 * KIB, 2 * MIB, 4 * MIB);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    verb: fc.constant('convert' as const),
    to: fc.constantFrom('fixed' as const, 'dynamic' as const),
    blockSizeBytes: blockSizes,
  }),
  fc.record({ verb: fc.constant('compact' as const), isNew: fc.boolean(), realign: fc.boolean() }),
  fc.record({ verb: fc.constant('grow' as const), sectors: fc.integer({ min: 1, max: 1500 }) }),
  fc.record({ verb: fc.constant('shrink' as const) }),
  fc.record({
    verb: fc.constant('child' as const),
    blockSizeBytes: blockSizes,
    at: fc.nat({ max: LARGEST }),
    length: fc.integer({ min: 1, max: 200_000 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  }),
  fc.record({ verb: fc.constant('merge' as const), isNew: fc.boolean() }),
);

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** An image under test beside the bytes that it must show, in the plainest form. */
class Session {
  readonly #folder: string;
  #content: Buffer;
  /** From the base to the image that is worked on. */
  #chain: string[];
  #made = 0;

  constructor(folder: string, base: string, content: Buffer) {
    this.#folder = folder;
    this.#content = content;
    this.#chain = [base];
  }

  get #top(): string {
    return this.#chain[this.#chain.length - 1] ?? '';
  }
  get #history(): { historyFolder: string } {
    return { historyFolder: path.join(this.#folder, 'history') };
  }
  #fresh(): string {
    this.#made += 1;
    return path.join(this.#folder, `image-${this.#made}.vhd`);
  }

  async apply(one: Step): Promise<void> {
    const isChild = this.#chain.length > 1;
    const isFixed = !isChild && fs.readFileSync(this.#top).toString('latin1', 0, 8) !== 'conectix';
    switch (one.verb) {
      case 'convert': {
        const target = this.#fresh();
        const { to, blockSizeBytes } = one;
        await convertImage({
          source: { path: this.#top },
          target,
          to,
          ...(to === 'dynamic' ? { blockSizeBytes } : {}),
        });
        this.#chain = [target];
        return;
      }
      case 'compact': {
        if (isFixed) return;
        const target = one.isNew ? this.#fresh() : undefined;
        await compactImage({
          image: { path: this.#top },
          target,
          realign: one.realign,
          history: this.#history,
        });
        if (target) this.#chain[this.#chain.length - 1] = target;
        return;
      }
      case 'grow': {
        const sizeBytes = this.#content.length + one.sectors * SECTOR;
        if (sizeBytes > LARGEST || isChild) return;
        await resizeImage({
          image: { path: this.#top },
          sizeBytes,
          history: this.#history,
          breakChildren: true,
        });
        this.#content = Buffer.concat([this.#content, Buffer.alloc(one.sectors * SECTOR)]);
        return;
      }
      case 'shrink': {
        let end = this.#content.length;
        while (end > SECTOR && this.#content.subarray(end - SECTOR, end).every((byte) => byte === 0))
          end -= SECTOR;
        if (isChild || end === this.#content.length) return;
        await resizeImage({
          image: { path: this.#top },
          sizeBytes: end,
          shrink: true,
          breakChildren: true,
          history: this.#history,
        });
        this.#content = this.#content.subarray(0, end);
        return;
      }
      case 'child': {
        if (this.#chain.length >= 4) return;
        const child = this.#fresh();
        await snapshotImage({ parent: { path: this.#top }, path: child, blockSizeBytes: one.blockSizeBytes });
        const offset = one.at % this.#content.length;
        const bytes = patchyContent(Math.min(one.length, this.#content.length - offset), one.seed);
        const writing = { image: { path: child }, offset, history: this.#history };
        await writeGuest(writing, inOnePiece(bytes));
        const changed = Buffer.from(this.#content);
        bytes.copy(changed, offset);
        this.#content = changed;
        this.#chain.push(child);
        return;
      }
      case 'merge': {
        if (!isChild) return;
        const target = one.isNew ? this.#fresh() : undefined;
        const { path: merged } = await mergeImage({
          child: { path: this.#top },
          target,
          deleteChild: !one.isNew,
          breakChildren: true,
        });
        this.#chain.splice(-2, 2, merged);
        return;
      }
    }
  }

  async expectContent(): Promise<void> {
    const { hash, bytes } = await hashImage({ source: { path: this.#top, format: 'vhd' } });
    expect(bytes).toBe(this.#content.length);
    expect(hash).toBe(createHash('sha256').update(this.#content).digest('hex'));
  }
}

it('no sequence of verbs changes what the guest sees but for what was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 6000 }),
      fc.array(step, { minLength: 1, maxLength: 7 }),
      async (seed, sectors, steps) => {
        await withTempFolder(async (folder) => {
          const content = patchyContent(sectors * SECTOR, seed);
          const raw = path.join(folder, 'raw.img');
          fs.writeFileSync(raw, content);
          const base = path.join(folder, 'base.vhd');
          await convertImage({
            source: { path: raw, format: 'raw' },
            target: base,
            to: 'dynamic',
            blockSizeBytes: 64 * KIB,
          });
          const session = new Session(folder, base, content);
          for (const one of steps) {
            await session.apply(one);
            await session.expectContent();
          }
        });
      },
    ),
    { numRuns: Number(process.env['PLATTER_PROPERTY_RUNS'] ?? 20), endOnFailure: true },
  );
});
