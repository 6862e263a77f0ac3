import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import type { LocatedBatmap } from '../../disk/batmap';
import type { ImageFacts } from '../image-facts';

/** Where a map of `mapBytes` would lie directly behind the batmap's header, and whether other metadata stands there. */
export function mapRoom(
  { metadataAreas }: Pick<ImageFacts, 'metadataAreas'>,
  batmap: Pick<LocatedBatmap, 'offset'>,
  mapBytes: number,
): { readonly start: number; readonly end: number; readonly isTaken: boolean } {
  const start = batmap.offset + SECTOR_SIZE_BYTES;
  const end = start + roundUpToSector(Math.max(1, mapBytes));
  const isTaken = metadataAreas.some(
    (area) => area.structure !== 'batmap' && area.offset < end && area.end > start,
  );
  return { start, end, isTaken };
}
