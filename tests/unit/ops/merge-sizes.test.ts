/** Chains whose members have different sizes: the result is what the child showed, and nothing comes back by it. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkImage,
  compareImages,
  mergeImage,
  preflightMerge,
  type MergeInput,
} from '../../../src-main/engine';
import { buildChildOf, buildDynamicOf, patchyContent } from '../../support/ops-content';
import { shownBy } from '../../support/shown-by';
import { useTestFolder } from '../../support/temp';
import { buildVhd, type BuiltVhd } from '../../support/vhd-builder';

const KIB = 1024;
const BLOCK = 64 * KIB;
const LONG = 20 * BLOCK;
const SHORT = 16 * BLOCK + 5 * 512;
const at = useTestFolder('merge-sizes');
const [lowest, middle, upper] = [71, 72, 73].map((seed) => fullContent(LONG, seed)) as [
  Buffer,
  Buffer,
  Buffer,
];
const everyFifth = (sector: number): boolean => sector % 5 === 0;
const everySeventh = (sector: number): boolean => sector % 7 === 0;

/** Zeros at the end would hide what comes back there. */
function fullContent(sizeBytes: number, seed: number): Buffer {
  const content = patchyContent(sizeBytes, seed);
  return content.fill(seed, SHORT - 4 * BLOCK).fill(seed, 0, 8 * BLOCK);
}

/** What a layer shows over what lies beneath: behind the end of that, zeros. */
function over(beneath: Buffer, own: Buffer, sizeBytes: number, isOwn: (sector: number) => boolean): Buffer {
  const shown = Buffer.alloc(sizeBytes);
  beneath.copy(shown);
  for (let sector = 0; sector * 512 < sizeBytes; sector += 1)
    if (isOwn(sector)) own.copy(shown, sector * 512, sector * 512, Math.min(sizeBytes, (sector + 1) * 512));
  return shown;
}

function build(content: Buffer, type: 'fixed' | 'dynamic'): BuiltVhd {
  const base =
    type === 'fixed'
      ? buildVhd({ type, sizeBytes: content.length, data: content })
      : buildDynamicOf(content, 2 * BLOCK);
  base.writeTo(at('base.vhd'));
  return base;
}
function child(parent: BuiltVhd, parentName: string, name: string, content: Buffer): BuiltVhd {
  const isOwn = name === 'mid.vhd' ? everySeventh : everyFifth;
  const built = buildChildOf(parent, parentName, content, isOwn, BLOCK);
  built.writeTo(at(name));
  return built;
}

const merge = (more: Partial<MergeInput> = {}) => mergeImage({ child: { path: at('child.vhd') }, ...more });

async function expectMerged(shown: Buffer): Promise<void> {
  expect((await shownBy(at('child.vhd'))).equals(shown), 'the model').toBe(true);
  const result = await merge({ target: at('new.vhd'), downTo: at('base.vhd') });
  expect(result).toMatchObject({ virtualSizeBytes: shown.length, verified: true });
  expect((await shownBy(at('new.vhd'))).equals(shown)).toBe(true);
  const compared = await compareImages({ a: { path: at('child.vhd') }, b: { path: at('new.vhd') } });
  expect(compared).toMatchObject({ identical: true, bSizeBytes: shown.length });
  const { findings } = await checkImage(at('new.vhd'), { deep: true });
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
}

describe('merging into a new file gives an image of the size and content of the child', () => {
  it.each(['fixed', 'dynamic'] as const)('where the child is shorter than its %s parent', async (type) => {
    child(build(lowest, type), 'base.vhd', 'child.vhd', upper.subarray(0, SHORT));
    await expectMerged(over(lowest, upper, SHORT, everyFifth));
  });

  it.each(['fixed', 'dynamic'] as const)('where the child is longer than its %s parent', async (type) => {
    const base = lowest.subarray(0, SHORT);
    const preflight = { child: { path: at('child.vhd') }, target: at('new.vhd') };
    child(build(base, type), 'base.vhd', 'child.vhd', upper);
    expect((await preflightMerge(preflight)).ok).toBe(true);
    await expectMerged(over(base, upper, LONG, everyFifth));
  });

  it.each([
    ['shorter', LONG, SHORT, LONG],
    ['longer', SHORT, LONG, SHORT],
    ['longer than the base, and the child shorter than both', SHORT, LONG, 8 * BLOCK + 512],
    ['shorter than the base, and the child longer than both', SHORT, 8 * BLOCK, LONG],
  ])('where the image in between is %s', async (_what, baseBytes, midBytes, childBytes) => {
    const base = lowest.subarray(0, baseBytes);
    const mid = child(build(base, 'dynamic'), 'base.vhd', 'mid.vhd', middle.subarray(0, midBytes));
    child(mid, 'mid.vhd', 'child.vhd', upper.subarray(0, childBytes));
    await expectMerged(over(over(base, middle, midBytes, everySeventh), upper, childBytes, everyFifth));
  });

  it('where the ancestor is a child itself whose own parent is longer', async () => {
    const mid = child(build(lowest, 'dynamic'), 'base.vhd', 'mid.vhd', middle.subarray(0, SHORT));
    child(mid, 'mid.vhd', 'child.vhd', upper);
    const shown = over(over(lowest, middle, SHORT, everySeventh), upper, LONG, everyFifth);
    await merge({ target: at('new.vhd') });
    expect((await shownBy(at('new.vhd'))).equals(shown)).toBe(true);
  });
});

describe('merging into the parent', () => {
  const expectRefused = async (says: string, more: Partial<MergeInput> = {}): Promise<void> => {
    const before = fs.readFileSync(at('base.vhd'));
    await expect(merge(more)).rejects.toMatchObject({
      code: 'sizes-differ',
      kind: 'refused',
      title: 'Parent and child have different sizes',
      message: expect.stringContaining(says) as string,
      hint: expect.stringContaining('Merge into a new file') as string,
      unchanged: 'Nothing was written.',
    });
    const preflight = await preflightMerge({ child: { path: at('child.vhd') }, ...more });
    expect(preflight.items.find(({ code }) => code === 'sizes')).toMatchObject({ level: 'blocked' });
    expect(fs.readFileSync(at('base.vhd')).equals(before)).toBe(true);
    expect(fs.existsSync(at('base.vhd.platter-undo'))).toBe(false);
  };

  it.each(['fixed', 'dynamic'] as const)(
    'is refused where the %s parent holds data behind the end of the child',
    async (type) => {
      child(build(lowest, type), 'base.vhd', 'child.vhd', upper.subarray(0, SHORT));
      await expectRefused(`holds data at byte ${SHORT}`);
    },
  );

  it('is refused where the parent is smaller than the child', async () => {
    child(build(lowest.subarray(0, SHORT), 'dynamic'), 'base.vhd', 'child.vhd', upper);
    await expectRefused('too small');
  });

  it('goes on where the parent holds zeros there, and says that the sizes differ', async () => {
    const base = Buffer.from(lowest).fill(0, SHORT);
    child(build(base, 'fixed'), 'base.vhd', 'child.vhd', upper.subarray(0, SHORT));
    const result = await merge();
    expect(result).toMatchObject({ verified: true, virtualSizeBytes: LONG });
    expect(result.warnings.join()).toContain('zeros are all it holds there');
    const shown = over(over(base, upper, SHORT, everyFifth), base, LONG, () => false);
    expect((await shownBy(at('base.vhd'))).equals(shown)).toBe(true);
  });

  it.each([
    ['fixed', 'shorter', SHORT],
    ['dynamic', 'shorter', SHORT],
    ['dynamic', 'longer', LONG + 3 * BLOCK],
  ] as const)(
    'of a chain down to a %s base with a %s image in between shows what the child showed',
    async (type, _what, midBytes) => {
      const longer = Buffer.concat([middle, Buffer.alloc(3 * BLOCK, 0x5a)]);
      const mid = child(build(lowest, type), 'base.vhd', 'mid.vhd', longer.subarray(0, midBytes));
      child(mid, 'mid.vhd', 'child.vhd', upper);
      const shown = over(over(lowest, longer, midBytes, everySeventh), upper, LONG, everyFifth);
      expect((await shownBy(at('child.vhd'))).equals(shown), 'the model').toBe(true);
      await merge({ downTo: at('base.vhd') });
      expect((await shownBy(at('base.vhd'))).equals(shown)).toBe(true);
      expect((await shownBy(at('child.vhd'))).equals(shown)).toBe(true);
    },
  );

  it('into a parent that is a child hides what its own parent holds behind a shorter image in between', async () => {
    const mid = child(build(lowest, 'dynamic'), 'base.vhd', 'mid.vhd', middle);
    const short = buildChildOf(mid, 'mid.vhd', upper.subarray(0, SHORT), everyFifth, BLOCK);
    short.writeTo(at('short.vhd'));
    child(short, 'short.vhd', 'child.vhd', lowest);
    const shown = await shownBy(at('child.vhd'));
    expect(shown.subarray(SHORT).includes(0)).toBe(true);
    await merge({ downTo: at('mid.vhd') });
    expect((await shownBy(at('mid.vhd'))).equals(shown)).toBe(true);
  });
});
