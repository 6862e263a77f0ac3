import {
  DYNAMIC_HEADER_SIZE_BYTES,
  FEATURE_RESERVED,
  FORMAT_VERSION_1_0,
} from '../../../../src-shared/vhd/constants';
import type { LocatedFooter } from '../../disk/locate-footers';
import type { VhdMetadata } from '../../disk/metadata';
import { safe } from '../image-facts';

/**
 * Whether every field of a footer makes sense beside the rest of the file, so that a failing checksum is the only
 * thing against it: then to write the right sum changes nothing that matters.
 */
export function isFooterPlausible(footer: LocatedFooter, metadata: VhdMetadata): boolean {
  const { fields } = footer;
  const size = safe(fields.currentSizeBytes);
  const hasSoundWords =
    footer.cookieValid &&
    fields.fileFormatVersion === FORMAT_VERSION_1_0 &&
    (fields.features & ~1) === FEATURE_RESERVED &&
    fields.savedState <= 1 &&
    footer.bytes.subarray(86).every((byte) => byte === 0);
  if (!hasSoundWords || size === null || footer.type === null) return false;
  if (footer.type === 'fixed') return fields.dataOffset === null && size === footer.offset;
  const { header } = metadata;
  if (!header?.cookieValid || fields.dataOffset !== header.offset) return false;
  const room = header.fields.maxTableEntries * header.fields.blockSizeBytes;
  return size <= room && header.offset + DYNAMIC_HEADER_SIZE_BYTES <= metadata.fileSizeBytes;
}
