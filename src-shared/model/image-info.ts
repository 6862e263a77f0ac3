import type { DiskType } from '../vhd/disk-type';
import type { Finding } from './finding';

export type { DiskType };

export interface ChecksumFacts {
  /** `0x` + 8 hex digits. */
  readonly stored: string;
  readonly computed: string;
  readonly valid: boolean;
}

export interface GeometryFacts {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
  readonly capacityBytes: number;
}

export type ParentIdentity = 'proven' | 'mismatch' | 'missing' | 'raw';

/** Whether a child has no parent to be read over, so that it is to be relinked first. */
export const lacksParent = (identity: ParentIdentity | undefined): boolean =>
  identity === 'missing' || identity === 'mismatch';

export interface LocatorFacts {
  /** Four-character code without padding, such as `W2ru`. */
  readonly platform: string;
  readonly path: string;
}

export interface ParentFacts {
  readonly uniqueId: string;
  readonly name: string;
  /** ISO 8601 UTC; null where none is stored. */
  readonly timestamp: string | null;
  readonly locators: readonly LocatorFacts[];
  readonly resolvedPath: string | null;
  readonly identity: ParentIdentity;
}

/** `platter info --json`. Fields that cannot be read are null. */
export interface ImageInfo {
  readonly path: string;
  readonly format: 'vhd';
  readonly type: DiskType | null;
  readonly virtualSizeBytes: number | null;
  readonly originalSizeBytes: number | null;
  readonly fileSizeBytes: number;
  readonly diskUsageBytes: number;
  readonly geometry: GeometryFacts | null;
  readonly features: number | null;
  readonly hidden: boolean | null;
  readonly savedState: boolean | null;
  readonly creator: {
    readonly application: string;
    readonly versionMajor: number;
    readonly versionMinor: number;
    readonly hostOs: string;
  } | null;
  readonly uniqueId: string | null;
  /** ISO 8601 UTC. */
  readonly createdAt: string | null;
  readonly blockSizeBytes: number | null;
  readonly headerOffset: number | null;
  readonly batOffset: number | null;
  readonly maxTableEntries: number | null;
  /** Largest power of two up to 1 MiB on which the data of every allocated block lies; null where there is none. */
  readonly alignmentBytes: number | null;
  /** Xen's batmap: null where there is none. */
  readonly batmap: { readonly version: string; readonly valid: boolean } | null;
  readonly blocks: { readonly total: number; readonly allocated: number } | null;
  readonly checksums: {
    readonly footer: ChecksumFacts | null;
    readonly footerCopy: ChecksumFacts | null;
    readonly dynamicHeader: ChecksumFacts | null;
  };
  readonly parent: ParentFacts | null;
  readonly sizesByReader: {
    readonly currentSize: number;
    readonly chs: number;
    readonly qemuUpTo9: number;
    readonly qemuFrom10: number;
  } | null;
  readonly health: { readonly errors: number; readonly warnings: number; readonly notes: number };
  readonly findings: readonly Finding[];
}
