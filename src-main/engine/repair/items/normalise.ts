/** What is sound, yet read differently by different programs: offered, never done unasked. */
import { writeU32 } from '../../../../src-shared/vhd/bytes';
import { encodeLatin1 } from '../../../../src-shared/vhd/text';
import { formatBytes } from '../../../../src-shared/vhd/format-size';
import { MAX_GEOMETRY } from '../../../../src-shared/vhd/geometry';
import {
  DEFAULT_CREATOR_APPLICATION,
  DEFAULT_CREATOR_VERSION,
  trimCode,
} from '../../../../src-shared/vhd/names';
import { sizesByReader } from '../../../../src-shared/vhd/reader-size';
import type { Finding } from '../../../../src-shared/model/finding';
import { safe } from '../../check/image-facts';
import type { VhdMetadata } from '../../disk/metadata';
import { writeGeometry } from '../../format';
import { editFooters, soundFooters } from '../edit-structures';
import type { RepairRecipe } from '../recipe';

export const SIZE_BY_CREATOR = 'size-by-creator';

/** Stands in for a finding: a healthy image whose size some QEMU takes from the geometry, because of its creator. */
export function sizeByCreatorFinding({ active }: VhdMetadata): Finding | null {
  const size = safe(active?.fields.currentSizeBytes);
  if (!active || size === null || !active.checksum.valid) return null;
  const { creatorApplication, geometry } = active.fields;
  const sizes = sizesByReader({ creatorApplication, geometry, currentSizeBytes: size });
  const off = [sizes.qemuUpTo9, sizes.qemuFrom10]
    .map((one) => size - one)
    .filter((bytes) => Math.abs(bytes) >= 512);
  if (off.length === 0) return null;
  return {
    code: SIZE_BY_CREATOR,
    severity: 'note',
    title: 'QEMU takes the size of this image from its geometry',
    detail: `The creator is "${trimCode(creatorApplication)}": some versions of QEMU see ${formatBytes(Math.abs(off[0] ?? 0))} ${(off[0] ?? 0) > 0 ? 'less' : 'more'} than the disk has.`,
    hint: 'Name a creator for which all readers take the current size.',
    count: 1,
    where: { structure: active.structure, offset: active.offset + 28, length: 4 },
    examples: [],
    guestRanges: [],
    repair: 'choice',
    source: 'QEMU: block/vpc.c',
  };
}

const sizeByCreator: RepairRecipe = {
  codes: [SIZE_BY_CREATOR],
  offer: ({ file, metadata, finding }) => {
    const size = safe(metadata.active?.fields.currentSizeBytes);
    if (size === null || soundFooters(metadata).length === 0) return null;
    return {
      title: 'Let every reader take the current size',
      detail: finding.detail,
      risk: 'low',
      certain: false,
      options: [
        {
          name: 'creator-win',
          title: 'Name Windows as the creator',
          detail: 'All programs then take the current size; nothing else changes.',
          risk: 'low',
        },
        {
          name: 'largest-geometry',
          title: 'Write the largest geometry, keep the creator',
          detail: 'QEMU takes that as a sign that the current size counts; Xen calls it too large.',
          risk: 'low',
        },
      ],
      apply: async (option) => {
        await editFooters(file, metadata, (bytes) => {
          if (option === 'largest-geometry') {
            writeGeometry(bytes, MAX_GEOMETRY);
          } else {
            bytes.set(encodeLatin1(DEFAULT_CREATOR_APPLICATION), 28);
            writeU32(bytes, 32, DEFAULT_CREATOR_VERSION);
          }
        });
      },
    };
  },
};

export const normaliseRecipes: readonly RepairRecipe[] = [sizeByCreator];
