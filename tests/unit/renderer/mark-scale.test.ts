import { describe, expect, it } from 'vitest';
import { SLIDER_STEPS, markScale } from '../../../src-renderer/ui/mark-scale';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const MARKS = [20 * MIB + 512, 378 * MIB, 2040 * GIB];
const scale = markScale(16 * MIB, 2040 * GIB, MIB, MARKS);

describe('the scale of a slider over sizes', () => {
  it('goes from end to end, and keeps to its ends', () => {
    expect(scale.stepOf(16 * MIB)).toBe(0);
    expect(scale.stepOf(2040 * GIB)).toBe(SLIDER_STEPS);
    expect(scale.stepOf(1)).toBe(0);
    expect(scale.valueAt(0)).toBe(16 * MIB);
    expect(scale.valueAt(SLIDER_STEPS)).toBe(2040 * GIB);
  });

  it('gives every doubling the same way', () => {
    const ways = [32, 64, 128, 256].map((mib) => scale.stepOf(2 * mib * MIB) - scale.stepOf(mib * MIB));
    for (const way of ways) expect(way).toBeCloseTo(ways[0] ?? 0, 6);
  });

  it('reaches every mark exactly, and elsewhere only whole grains', () => {
    for (const mark of MARKS) expect(scale.valueAt(Math.round(scale.stepOf(mark)))).toBe(mark);
    for (let step = 0; step <= SLIDER_STEPS; step += 1) {
      const value = scale.valueAt(step);
      if (!MARKS.includes(value)) expect(value % MIB).toBe(0);
    }
  });

  it('never goes back as the handle goes on', () => {
    let last = 0;
    for (let step = 0; step <= SLIDER_STEPS; step += 1) {
      expect(scale.valueAt(step)).toBeGreaterThanOrEqual(last);
      last = scale.valueAt(step);
    }
  });
});
