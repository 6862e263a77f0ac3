import { capacitySectors, formatGeometry, geometryForSize } from '../../../../src-shared/vhd/geometry';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const geometryZero: Rule = {
  code: 'geometry-zero',
  severity: 'warning',
  area: 'size',
  level: 'quick',
  title: 'The geometry addresses no sector',
  explanation:
    'Cylinders, heads and sectors per track give a disk of size zero. Readers that take the size from the geometry see an empty disk; most take the current size.',
  hint: 'Write the geometry that the specification gives for this size.',
  source: 'spec: Appendix, CHS Calculation',
  repair: 'automatic',
  run: ({ metadata: { active }, facts }) => {
    const size = facts.currentSizeBytes;
    if (!active || size === null) return null;
    const { geometry } = active.fields;
    const wanted = geometryForSize(size);
    // the smallest disks have no cylinder by the specification either
    if (capacitySectors(geometry) !== 0 || capacitySectors(wanted) === 0) return null;
    return footerFieldDraft(active, 'geometry', {
      found: formatGeometry(geometry),
      expected: formatGeometry(wanted),
      detail: `The geometry is ${formatGeometry(geometry)}.`,
    });
  },
};
