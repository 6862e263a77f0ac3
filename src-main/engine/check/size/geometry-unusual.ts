import {
  capacityBytes,
  capacitySectors,
  formatGeometry,
  geometryForSize,
  isSameGeometry,
  MAX_GEOMETRY_SECTORS,
} from '../../../../src-shared/vhd/geometry';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const geometryUnusual: Rule = {
  code: 'geometry-unusual',
  severity: 'note',
  area: 'size',
  level: 'quick',
  title: 'The geometry is not the one the specification calculates',
  explanation:
    'It fits the disk all the same. Other programs split a size into cylinders, heads and sectors their own way; the largest geometry is a sign to QEMU that the current size counts.',
  hint: 'Nothing needs to be done.',
  source: 'spec: Appendix, CHS Calculation',
  repair: 'choice',
  run: ({ metadata: { active }, facts }) => {
    const size = facts.currentSizeBytes;
    if (!active || size === null) return null;
    const { geometry } = active.fields;
    const wanted = geometryForSize(size);
    if (isSameGeometry(geometry, wanted)) return null;
    const capacity = capacityBytes(geometry);
    const isLargest = capacitySectors(geometry) >= MAX_GEOMETRY_SECTORS && capacity > size;
    const fits =
      capacity > 0 &&
      capacity <= size &&
      (size - capacity < geometry.heads * geometry.sectorsPerTrack * 512 ||
        capacityBytes(wanted) <= capacity);
    const isTiny = capacity === 0 && capacityBytes(wanted) === 0;
    if (!isLargest && !fits && !isTiny) return null;
    return footerFieldDraft(active, 'geometry', {
      found: formatGeometry(geometry),
      expected: formatGeometry(wanted),
      detail: isLargest
        ? `${formatGeometry(geometry)} is the largest geometry there is, on a disk that is smaller: it says that the current size counts. Xen calls it too large.`
        : `${formatGeometry(geometry)}; by the specification it would be ${formatGeometry(wanted)}.`,
    });
  },
};
