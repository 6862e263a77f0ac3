import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { formatChecksum } from '../../../../src-shared/vhd/checksum';
import type { Evidence } from '../../../../src-shared/model/finding';
import { isBatmapBitSet } from '../../disk/batmap';
import { mapRoom } from './batmap-room';
import type { Rule } from '../rule';
import { counted } from '../words';

export const batmapInvalid: Rule = {
  code: 'batmap-invalid',
  severity: 'warning',
  area: 'bat',
  level: 'quick',
  title: "Xen's batmap is not right",
  explanation:
    'blktap keeps a map of blocks that are wholly present, and does not look at their sector bitmaps. Where that map is wrong, Xen refuses the image or shows wrong sectors; other programs never look at it.',
  hint: 'Rebuild the map from the sector bitmaps.',
  source: 'blktap: vhd.h, batmap; vhd-util check',
  repair: 'automatic',
  run: ({ facts, bat }) => {
    const { batmap } = facts;
    if (!batmap) return null;
    const evidence: Evidence[] = [];
    const problems: string[] = [];
    const neededBytes = Math.ceil((facts.neededEntries ?? 0) / 8);
    const isTooSmall = batmap.map.length === 0 || batmap.mapSizeBytes < neededBytes;
    if (isTooSmall) {
      problems.push(
        `the map should have ${formatBytes(neededBytes)}, and stands ${batmap.mapOffset === null ? 'nowhere' : `at byte ${formatCount(batmap.mapOffset)} with ${formatCount(batmap.mapSizeBytes)}`}`,
      );
      evidence.push({
        field: 'batmapSize',
        found: formatCount(batmap.mapSizeBytes),
        expected: `at least ${formatCount(neededBytes)}`,
      });
    } else if (batmap.storedChecksum !== batmap.computedChecksum) {
      problems.push('it fails its checksum');
      evidence.push({
        field: 'batmapChecksum',
        found: formatChecksum(batmap.storedChecksum),
        expected: formatChecksum(batmap.computedChecksum),
      });
    }
    let unallocated = 0;
    for (let index = 0; bat && batmap.map.length > 0 && index < bat.entries.length; index += 1) {
      if (isBatmapBitSet(batmap.map, index) && bat.offsetAt(index) === null) unallocated += 1;
    }
    if (unallocated > 0)
      problems.push(
        `${counted(unallocated, 'block is marked as present that is', 'blocks are marked as present that are')} not allocated`,
      );
    if (problems.length === 0) return null;
    return {
      where: { structure: 'batmap', offset: batmap.offset, length: batmap.end - batmap.offset },
      count: Math.max(1, unallocated),
      detail: `In the batmap at byte ${formatCount(batmap.offset)}: ${problems.join('; ')}.`,
      evidence,
      repair: isTooSmall && mapRoom(facts, batmap, neededBytes).isTaken ? 'choice' : 'automatic',
    };
  },
};
