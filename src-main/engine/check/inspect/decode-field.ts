import { formatChecksum } from '../../../../src-shared/vhd/checksum';
import { readU16, readU32, readU64BigInt, readU8 } from '../../../../src-shared/vhd/bytes';
import { describeDiskTypeCode } from '../../../../src-shared/vhd/disk-type';
import type { FieldSpec } from '../../../../src-shared/vhd/field-spec';
import { formatBytes, formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import { capacityBytes, formatGeometry } from '../../../../src-shared/vhd/geometry';
import { resolveDataSpace } from '../../../../src-shared/vhd/locator';
import {
  describeCreator,
  describeHostOs,
  formatCreatorVersion,
  trimCode,
} from '../../../../src-shared/vhd/names';
import { decodeLatin1, decodeUtf16Be, trimAtNul } from '../../../../src-shared/vhd/text';
import { formatTimestamp } from '../../../../src-shared/vhd/timestamp';
import { formatUuid } from '../../../../src-shared/vhd/uuid';
import { printable, printablePath } from '../printable';
import { counted } from '../words';

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** A field's bytes in words. `bytes` has the field's length, or less where the file ends. */
export function decodeField(field: FieldSpec, bytes: Uint8Array): string {
  if (bytes.length < field.length) return 'not wholly in the file';
  switch (field.kind) {
    case 'ascii':
      return printable(decodeLatin1(bytes));
    case 'bytes':
      return bytes.every((byte) => byte === 0)
        ? 'zeros'
        : `${bytes.filter((byte) => byte !== 0).length} of ${bytes.length} bytes not zero`;
    case 'checksum':
      return formatChecksum(readU32(bytes, 0));
    case 'diskType':
      return `${readU32(bytes, 0)} (${describeDiskTypeCode(readU32(bytes, 0))})`;
    case 'features':
      return describeFeatures(readU32(bytes, 0));
    case 'flag':
      return String(readU8(bytes, 0));
    case 'fourCharacterCode':
      return describeCode(field.name, decodeLatin1(bytes));
    case 'geometry': {
      const geometry = {
        cylinders: readU16(bytes, 0),
        heads: readU8(bytes, 2),
        sectorsPerTrack: readU8(bytes, 3),
      };
      return `${formatGeometry(geometry)} (${formatSizeBoth(capacityBytes(geometry))})`;
    }
    case 'locatorSpace': {
      const { spaceBytes, unit } = resolveDataSpace(readU32(bytes, 0));
      return unit === 'sectors'
        ? `${counted(readU32(bytes, 0), 'sector', 'sectors')} (${formatBytes(spaceBytes ?? 0)})`
        : unit === 'bytes'
          ? formatBytes(readU32(bytes, 0))
          : formatCount(readU32(bytes, 0));
    }
    case 'timestamp':
      return readU32(bytes, 0) === 0 ? '0' : formatTimestamp(readU32(bytes, 0));
    case 'u32':
      return `${formatCount(readU32(bytes, 0))} (0x${readU32(bytes, 0).toString(16)})`;
    case 'u64':
      return describeU64(field.name, readU64BigInt(bytes, 0));
    case 'utf16be':
      return printablePath(trimAtNul(decodeUtf16Be(bytes)));
    case 'uuid':
      return formatUuid(bytes);
    case 'version':
      return formatCreatorVersion(readU32(bytes, 0));
  }
}

function describeFeatures(features: number): string {
  const words = [features & 1 ? 'temporary' : '', features & 2 ? 'reserved bit' : ''].filter(
    (word) => word !== '',
  );
  return `0x${features.toString(16)}${words.length > 0 ? ` (${words.join(', ')})` : ''}`;
}

function describeCode(name: string, code: string): string {
  const trimmed = trimCode(code);
  const words =
    name === 'creatorApplication'
      ? describeCreator(code)
      : name === 'creatorHostOs'
        ? describeHostOs(code)
        : null;
  return words === null ? trimmed : `${trimmed} (${words})`;
}

function describeU64(name: string, value: bigint): string {
  if (value === ALL_ONES) return 'all ones (not used)';
  const shown = value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
  if (shown === null) return `0x${value.toString(16)}`;
  return name.endsWith('Size') ? formatSizeBoth(shown) : `${formatCount(shown)} (0x${value.toString(16)})`;
}
