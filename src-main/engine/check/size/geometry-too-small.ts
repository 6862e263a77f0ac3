import { capacityBytes, formatGeometry, geometryForSize } from '../../../../src-shared/vhd/geometry';
import { formatBytes } from '../../../../src-shared/vhd/format-size';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const geometryTooSmall: Rule = {
  code: 'geometry-too-small',
  severity: 'warning',
  area: 'size',
  level: 'quick',
  title: 'The geometry leaves out whole cylinders of the disk',
  explanation:
    'By the specification the geometry falls short of the size by less than one cylinder. Here more is missing, which readers that take the size from the geometry lose.',
  hint: 'Write the geometry that the specification gives for this size.',
  source: 'spec: Appendix, CHS Calculation',
  repair: 'automatic',
  run: ({ metadata: { active }, facts }) => {
    const size = facts.currentSizeBytes;
    if (!active || size === null) return null;
    const { geometry } = active.fields;
    const capacity = capacityBytes(geometry);
    const wanted = geometryForSize(size);
    if (capacity === 0 || capacity > size || capacityBytes(wanted) <= capacity) return null;
    const cylinderBytes = geometry.heads * geometry.sectorsPerTrack * 512;
    if (size - capacity < cylinderBytes) return null;
    return footerFieldDraft(active, 'geometry', {
      found: formatGeometry(geometry),
      expected: formatGeometry(wanted),
      detail: `${formatGeometry(geometry)} addresses ${formatBytes(size - capacity)} less than the disk has.`,
      guestRanges: [{ offset: capacity, length: size - capacity }],
      likelyCause: cylindersWrapped(size, geometry)
        ? 'The number of cylinders did not fit its 16 bits and wrapped around, as Bochs lets it.'
        : null,
    });
  },
};

function cylindersWrapped(
  size: number,
  { cylinders, heads, sectorsPerTrack }: { cylinders: number; heads: number; sectorsPerTrack: number },
): boolean {
  const full = Math.floor(size / 512 / (heads * sectorsPerTrack));
  return full > 0xffff && full % 0x1_0000 === cylinders;
}
