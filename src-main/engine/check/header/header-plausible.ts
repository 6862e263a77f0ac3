import { FORMAT_VERSION_1_0, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import type { VhdMetadata } from '../../disk/metadata';
import { overlaps } from '../byte-area';
import type { ImageFacts } from '../image-facts';

/**
 * Whether every field of the dynamic disk header is valid by itself and beside the footer and the file, its cookie and
 * checksum left aside: then a failing checksum or cookie is the only thing wrong and can be set right with certainty.
 */
export function isHeaderPlausible({ header, fileSizeBytes, type }: VhdMetadata, facts: ImageFacts): boolean {
  if (!header || facts.bat === null || facts.blockSizeBytes === null || facts.neededEntries === null)
    return false;
  const { fields, offset } = header;
  const { bat } = facts;
  const isTableSound =
    bat.offset % SECTOR_SIZE_BYTES === 0 &&
    bat.end <= fileSizeBytes &&
    fields.maxTableEntries >= facts.neededEntries &&
    !overlaps(bat, { offset, end: offset + 1024 }) &&
    !overlaps(bat, { offset: 0, end: SECTOR_SIZE_BYTES });
  const isReservedClear =
    header.bytes.subarray(60, 64).every((byte) => byte === 0) &&
    header.bytes.subarray(768).every((byte) => byte === 0);
  const locators = fields.parentLocators.filter(({ platformCode }) => platformCode !== '\0\0\0\0');
  const hasFittingParent = type === 'differencing' ? locators.length > 0 : locators.length === 0;
  return (
    isTableSound &&
    isReservedClear &&
    hasFittingParent &&
    fields.dataOffset === null &&
    fields.headerVersion === FORMAT_VERSION_1_0
  );
}
