/** Steps of a slider from one end to the other. */
export const SLIDER_STEPS = 1000;
/** How near to a mark, in steps, the handle jumps onto it. */
const SNAP_STEPS = 6;

export interface MarkScale {
  /** Where a value lies, 0 to SLIDER_STEPS; values beyond the ends lie at the ends. */
  readonly stepOf: (value: number) => number;
  /** The value at a step: the mark that is nearest by, else a whole multiple of the grain. */
  readonly valueAt: (step: number) => number;
}

/**
 * A scale by powers, so that 20 MiB and 2 TiB both have room: every doubling takes the same way.
 * @param least and `most`: the ends, both above zero; `grain`: what values between marks are multiples of.
 */
export function markScale(least: number, most: number, grain: number, marks: readonly number[]): MarkScale {
  const from = Math.log2(least);
  const doublings = Math.max(1e-9, Math.log2(most) - from);
  const stepOf = (value: number): number =>
    ((Math.log2(Math.min(most, Math.max(least, value))) - from) / doublings) * SLIDER_STEPS;

  function valueAt(step: number): number {
    const [near] = marks
      .map((mark) => ({ mark, distance: Math.abs(stepOf(mark) - step) }))
      .filter(({ distance }) => distance <= SNAP_STEPS)
      .sort((a, b) => a.distance - b.distance);
    if (near) return near.mark;
    const value = 2 ** (from + (step / SLIDER_STEPS) * doublings);
    return Math.min(most, Math.max(least, Math.round(value / grain) * grain));
  }

  return { stepOf, valueAt };
}
