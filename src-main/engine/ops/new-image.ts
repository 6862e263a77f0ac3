import { randomUUID } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import {
  FEATURE_RESERVED,
  FORMAT_VERSION_1_0,
  USUAL_BAT_OFFSET,
  USUAL_HEADER_OFFSET,
} from '../../../src-shared/vhd/constants';
import type { DiskType } from '../../../src-shared/vhd/disk-type';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { geometryForSize } from '../../../src-shared/vhd/geometry';
import type { LayoutRequest } from '../../../src-shared/vhd/layout';
import {
  DEFAULT_CREATOR_APPLICATION,
  DEFAULT_CREATOR_HOST_OS,
  DEFAULT_CREATOR_VERSION,
  padCode,
  trimCode,
} from '../../../src-shared/vhd/names';
import { sizesByReader } from '../../../src-shared/vhd/reader-size';
import { refusalOf, sizeIssues } from '../../../src-shared/vhd/size-issues';
import { applySizeRule, type SizeRule } from '../../../src-shared/vhd/size-rule';
import { timestampFromDate } from '../../../src-shared/vhd/timestamp';
import { formatUuid, parseUuid } from '../../../src-shared/vhd/uuid';
import { BAT_ENTRIES_MAX, encodeDynamicHeader, encodeFooter } from '../format';

/** What the footer of a new image says beyond type and size. */
export interface NewImageIdentity {
  /** Creator application as a person names it (`qem2`, `tap`); `win ` by default, which every reader takes by current size. */
  readonly creatorApplication?: string | undefined;
  /** Random by default. */
  readonly uniqueId?: string | undefined;
}

/** The size a rule makes of the one asked for, in bytes. @throws AppError `size-limit` where the rule has none so large. */
export function sizeByRule(sizeBytes: number, rule: SizeRule = 'exact'): number {
  const size = applySizeRule(sizeBytes, rule);
  if (size !== null) return size;
  throw new AppError('size-limit', `No size of at least ${formatSizeBoth(sizeBytes)} satisfies "${rule}".`, {
    hint: 'CHS-exact sizes end at about 127 GiB. Choose the rule "exact" or "mib" for larger disks.',
  });
}

/**
 * Warnings about a new image of this size and layout.
 * @throws AppError `bad-size`, `bad-value` or `size-limit` where no sound image can be made so.
 */
export function requireSoundLayout(request: LayoutRequest, maxTableEntries: number): string[] {
  const issues = sizeIssues(request);
  const error = issues.find((issue) => issue.severity === 'error');
  if (error) throw new AppError(refusalOf(error.code), error.message);
  if (maxTableEntries > BAT_ENTRIES_MAX) {
    throw new AppError(
      'size-limit',
      `The table would have ${maxTableEntries} entries; at most ${BAT_ENTRIES_MAX} are supported. Choose larger blocks.`,
    );
  }
  return issues.map((issue) => issue.message);
}

/** 512 bytes of a new footer: current size equal to original size, geometry by the specification, created now. */
export function newFooterBytes(type: DiskType, sizeBytes: number, identity: NewImageIdentity): Uint8Array {
  return encodeFooter({
    type,
    features: FEATURE_RESERVED,
    fileFormatVersion: FORMAT_VERSION_1_0,
    dataOffset: type === 'fixed' ? null : USUAL_HEADER_OFFSET,
    timestampSeconds: timestampFromDate(new Date()) ?? 0,
    creatorApplication: creatorCode(identity.creatorApplication),
    creatorVersion: DEFAULT_CREATOR_VERSION,
    creatorHostOs: DEFAULT_CREATOR_HOST_OS,
    originalSizeBytes: sizeBytes,
    currentSizeBytes: sizeBytes,
    geometry: geometryForSize(sizeBytes),
    uniqueId: identity.uniqueId === undefined ? randomUUID() : requireUniqueId(identity.uniqueId),
  });
}

/** 1024 bytes of a new dynamic disk header, its BAT directly behind it. */
export function newHeaderBytes(blockSizeBytes: number, maxTableEntries: number): Uint8Array {
  return encodeDynamicHeader({ tableOffset: USUAL_BAT_OFFSET, maxTableEntries, blockSizeBytes });
}

/** What a creator other than the default changes for readers that choose the size by it; empty for the default. */
export function creatorWarnings(sizeBytes: number, application: string | undefined): string[] {
  return footerCreatorWarnings(sizeBytes, creatorCode(application));
}

/** The same for the four raw characters of a footer. */
export function footerCreatorWarnings(sizeBytes: number, creatorApplication: string): string[] {
  const geometry = geometryForSize(sizeBytes);
  const sizes = sizesByReader({ creatorApplication, currentSizeBytes: sizeBytes, geometry });
  const misreaders = [
    ...(sizes.qemuUpTo9 === sizeBytes ? [] : [{ name: 'QEMU 2.6 to 9.2', size: sizes.qemuUpTo9 }]),
    ...(sizes.qemuFrom10 === sizeBytes ? [] : [{ name: 'QEMU from 10 on', size: sizes.qemuFrom10 }]),
  ];
  return misreaders.map(
    ({ name, size }) =>
      `With the creator "${trimCode(creatorApplication)}" ${name} takes the size from the geometry and sees ` +
      `${formatSizeBoth(size)} instead of ${formatSizeBoth(sizeBytes)}.`,
  );
}

function creatorCode(application: string | undefined): string {
  if (application === undefined) return DEFAULT_CREATOR_APPLICATION;
  const code = padCode(application);
  if (code !== null) return code;
  throw new AppError(
    'bad-value',
    `"${application}" is not a creator: it has one to four printable ASCII characters.`,
  );
}

function requireUniqueId(text: string): string {
  const bytes = parseUuid(text);
  if (bytes) return formatUuid(bytes);
  throw new AppError('bad-value', `"${text}" is not a unique id: it has 32 hex digits, as 8-4-4-4-12.`);
}
