import {
  AZURE_MAX_OS_DISK_SIZE_BYTES,
  AZURE_MAX_SIZE_BYTES,
  AZURE_MIN_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  MIB_BYTES,
} from './constants';
import { formatSizeBoth } from './format-size';

/** Why Azure would refuse a disk of this size. */
export interface AzureSizeProblem {
  readonly code: 'AZURE_NOT_WHOLE_MIB' | 'AZURE_TOO_SMALL' | 'AZURE_TOO_LARGE';
  readonly message: string;
  /** Smallest size above that Azure takes, in bytes; null when the disk is too large. */
  readonly nextSizeBytes: number | null;
}

/**
 * What Azure has against a virtual size, or null: it wants a whole number of MiB (the footer not counted) from
 * 20 MiB to 32 TiB. Source: Azure's documentation of Add-AzVhd and DiskCreationData.UploadSizeBytes.
 */
export function azureSizeProblem(sizeBytes: number): AzureSizeProblem | null {
  const nextSizeBytes = nextAzureSize(sizeBytes);
  if (sizeBytes > AZURE_MAX_SIZE_BYTES) {
    return {
      code: 'AZURE_TOO_LARGE',
      message: `Azure takes disks up to 32 TiB; this one has ${formatSizeBoth(sizeBytes)}.`,
      nextSizeBytes,
    };
  }
  if (sizeBytes < AZURE_MIN_SIZE_BYTES) {
    return {
      code: 'AZURE_TOO_SMALL',
      message: `Azure takes disks from 20 MiB on; this one has ${formatSizeBoth(sizeBytes)}.`,
      nextSizeBytes,
    };
  }
  if (sizeBytes % MIB_BYTES !== 0) {
    return {
      code: 'AZURE_NOT_WHOLE_MIB',
      message: `Azure wants a virtual size of whole MiB; this disk has ${formatSizeBoth(sizeBytes)}.`,
      nextSizeBytes,
    };
  }
  return null;
}

/** Smallest size of at least `sizeBytes` bytes that Azure takes, or null above 32 TiB. */
export function nextAzureSize(sizeBytes: number): number | null {
  if (sizeBytes > AZURE_MAX_SIZE_BYTES) return null;
  return Math.max(AZURE_MIN_SIZE_BYTES, Math.ceil(sizeBytes / MIB_BYTES) * MIB_BYTES);
}

/** Whether Azure takes a disk of this size as a system disk: its limit there is 2040 GiB. */
export function isAzureOsDiskSize(sizeBytes: number): boolean {
  return azureSizeProblem(sizeBytes) === null && sizeBytes <= AZURE_MAX_OS_DISK_SIZE_BYTES;
}

/** Bytes of the file to upload: the disk and its footer, N MiB + 512. */
export function azureUploadBytes(sizeBytes: number): number {
  return sizeBytes + FOOTER_SIZE_BYTES;
}
