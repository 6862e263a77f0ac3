import {
  capacityBytes,
  capacitySectors,
  formatGeometry,
  geometryForSize,
  MAX_GEOMETRY_SECTORS,
} from '../../../../src-shared/vhd/geometry';
import { formatBytes } from '../../../../src-shared/vhd/format-size';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const geometryTooLarge: Rule = {
  code: 'geometry-too-large',
  severity: 'warning',
  area: 'size',
  level: 'quick',
  title: 'The geometry is larger than the disk',
  explanation:
    'Cylinders, heads and sectors per track address sectors that the disk does not have. Xen refuses that; readers that take the size from the geometry read past the end.',
  hint: 'Write the geometry that the specification gives for this size.',
  source: 'spec: Appendix, CHS Calculation; blktap: "geometry too large"',
  repair: 'automatic',
  run: ({ metadata: { active }, facts }) => {
    const size = facts.currentSizeBytes;
    if (!active || size === null) return null;
    const { geometry } = active.fields;
    const excess = capacityBytes(geometry) - size;
    // COMPAT(qemu force_size, Disk2vhd): the largest geometry stands for "take the current size"
    if (excess <= 0 || capacitySectors(geometry) >= MAX_GEOMETRY_SECTORS) return null;
    return footerFieldDraft(active, 'geometry', {
      found: formatGeometry(geometry),
      expected: formatGeometry(geometryForSize(size)),
      detail: `${formatGeometry(geometry)} addresses ${formatBytes(excess)} more than the disk has.`,
      likelyCause:
        active.fields.creatorApplication === 'simh' || active.fields.creatorApplication === 'xo  '
          ? 'The program that made the image rounds the number of cylinders up instead of down.'
          : null,
    });
  },
};
