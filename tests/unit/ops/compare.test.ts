import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareImages } from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, overlaid, patchyContent } from '../../support/ops-content';
import { useTestFolder, writeSparseFile } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const MIB = 1024 * 1024;
const at = useTestFolder('compare');
const raw = (name: string, bytes: Uint8Array): { path: string } => {
  writeSparseFile(at(name), bytes);
  return { path: at(name) };
};
const changedCopy = (content: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(content);
  change(copy);
  return copy;
};

describe('compareImages', () => {
  it('finds the same content in every pairing of containers', async () => {
    const content = patchyContent(7 * MIB + 512, 5);
    const newer = patchyContent(7 * MIB + 512, 6);
    const isChanged = (sector: number): boolean => sector % 5 === 0;
    const base = buildDynamicOf(content, 2 * MIB);
    base.writeTo(at('base.vhd'));
    const shown = overlaid(content, newer, isChanged);
    const sources = [
      raw('raw.img', shown),
      { path: buildVhd({ type: 'fixed', sizeBytes: shown.length, data: shown }).writeTo(at('fixed.vhd')) },
      { path: buildDynamicOf(shown, 64 * 1024).writeTo(at('dynamic.vhd')) },
      { path: buildChildOf(base, 'base.vhd', newer, isChanged, 512 * 1024).writeTo(at('child.vhd')) },
    ];
    for (const a of sources) {
      for (const b of sources) {
        expect(await compareImages({ a, b, strict: true })).toMatchObject({
          identical: true,
          differingBytes: 0,
          ranges: [],
        });
      }
      const against = await compareImages({ a, b: { path: at('base.vhd') } });
      expect(against.identical).toBe(false);
    }
  });

  it('tells which blocks differ, of any size asked for, and none unless asked', async () => {
    const content = patchyContent(5 * MIB, 8);
    const other = changedCopy(content, (copy) => {
      for (const at of [0, 3 * MIB - 1, 3 * MIB, 5 * MIB - 1]) copy[at] = (copy[at] ?? 0) ^ 1;
    });
    const sides = { a: raw('a', content), b: raw('b', other) };
    const bits = async (blockSizeBytes: number): Promise<string> => {
      const { differingBlocks } = await compareImages({ ...sides, blockSizeBytes });
      return Array.from(differingBlocks ?? [], (byte) => byte.toString(2).padStart(8, '0')).join('');
    };
    expect(await bits(2 * MIB)).toBe('11100000');
    expect(await bits(MIB)).toBe('10111000');
    expect(await bits(4 * MIB)).toBe('11000000');
    expect(await bits(512 * 1024)).toBe('1000011001000000');
    expect(await compareImages(sides)).not.toHaveProperty('differingBlocks');
  });

  it('counts differing bytes exactly and names where they are', async () => {
    const content = patchyContent(5 * MIB, 8);
    const other = changedCopy(content, (copy) => {
      copy[0] = (copy[0] ?? 0) ^ 1;
      for (let i = 2 * MIB - 10; i < 2 * MIB + 10; i += 1) copy[i] = (copy[i] ?? 0) ^ 0xff;
      copy[5 * MIB - 1] = (copy[5 * MIB - 1] ?? 0) ^ 1;
    });
    expect(await compareImages({ a: raw('a', content), b: raw('b', other) })).toEqual({
      identical: false,
      firstDifferenceOffset: 0,
      differingBytes: 22,
      ranges: [
        { offset: 0, length: 1 },
        { offset: 2 * MIB - 10, length: 20 },
        { offset: 5 * MIB - 1, length: 1 },
      ],
      aSizeBytes: 5 * MIB,
      bSizeBytes: 5 * MIB,
    });
  });

  it('takes the shorter one as followed by zeros, unless strict', async () => {
    const content = patchyContent(3 * MIB, 9);
    const a = raw('a', content);
    const b = raw('b', Buffer.concat([content, Buffer.alloc(2 * MIB)]));
    expect(await compareImages({ a, b })).toMatchObject({
      identical: true,
      aSizeBytes: 3 * MIB,
      bSizeBytes: 5 * MIB,
    });
    expect(await compareImages({ a, b, strict: true })).toMatchObject({
      identical: false,
      firstDifferenceOffset: null,
    });
    fs.appendFileSync(at('b'), 'x');
    expect(await compareImages({ a, b })).toMatchObject({
      firstDifferenceOffset: 5 * MIB,
      differingBytes: 1,
    });
  });

  it('merges what is close together, so that there are never more than 1000 ranges, and loses no byte', async () => {
    const a = Buffer.alloc(8 * MIB);
    const b = Buffer.alloc(8 * MIB);
    let count = 0;
    for (let offset = 0; offset < b.length; offset += 1500) {
      b[offset] = 1;
      count += 1;
    }
    const result = await compareImages({ a: raw('a', a), b: raw('b', b) });
    expect(result.differingBytes).toBe(count);
    expect(result.ranges.length).toBeLessThanOrEqual(1000);
    for (let offset = 0; offset < b.length; offset += 1500) {
      expect(
        result.ranges.some((range) => offset >= range.offset && offset < range.offset + range.length),
      ).toBe(true);
    }
  });

  it('sees zeros stored on one side and left out on the other as equal', async () => {
    const stored = buildVhd({ type: 'dynamic', sizeBytes: 6 * MIB, blocks: [{ index: 1, data: 0 }] });
    const empty = buildVhd({ type: 'dynamic', sizeBytes: 6 * MIB });
    const [a, b] = [{ path: stored.writeTo(at('a')) }, { path: empty.writeTo(at('b')) }];
    expect(await compareImages({ a, b })).toMatchObject({ identical: true });
  });

  it('does not read what neither holds: two 2040 GiB images are compared at once', async () => {
    const sizeBytes = 2040 * 1024 * MIB;
    const [a, b] = ['a', 'b'].map((name) => ({
      path: buildVhd({ type: 'dynamic', sizeBytes, blocks: [{ index: 1_000_000 }] }).writeTo(at(name)),
    })) as [{ path: string }, { path: string }];
    expect(await compareImages({ a, b })).toMatchObject({ identical: true, aSizeBytes: sizeBytes });
  });

  it('stops when cancelled', async () => {
    const a = raw('a', patchyContent(9 * MIB, 1));
    const abort = new AbortController();
    const onProgress = (): void => abort.abort();
    await expect(compareImages({ a, b: a }, { signal: abort.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
