import { isBlockSizeLegal, isBlockSizeStandard, nearestBlockSizes } from './block-size';
import {
  MAX_BAT_SECTOR,
  MAX_QEMU_TABLE_ENTRIES,
  MAX_SPARSE_SIZE_BYTES,
  MIN_QEMU_BLOCK_SIZE_BYTES,
  MIN_WINDOWS_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from './constants';
import { formatBytes, formatCount, formatSize, formatSizeBoth } from './format-size';
import { predictLayout, type LayoutRequest } from './layout';

export type SizeIssueCode =
  | 'SIZE_NOT_A_NUMBER'
  | 'SIZE_ZERO'
  | 'SIZE_NOT_SECTOR_MULTIPLE'
  | 'SIZE_OVER_2040_GIB'
  | 'SIZE_UNDER_3_MIB'
  | 'BLOCK_SIZE_ILLEGAL'
  | 'BLOCK_SIZE_NOT_STANDARD'
  | 'BLOCK_SIZE_MISREAD_BY_QEMU'
  | 'BLOCKS_BEYOND_32_BIT_SECTORS'
  | 'TABLE_TOO_LONG_FOR_QEMU';

/** Something against making a disk of a size. */
export interface SizeIssue {
  readonly code: SizeIssueCode;
  /** `error`: no sound image can be made so. `warning`: it can, but some readers refuse it. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What a program that refuses for it answers with: the code of an `AppError`. */
export function refusalOf(issue: SizeIssueCode): 'bad-size' | 'bad-value' | 'size-limit' {
  if (issue === 'BLOCK_SIZE_ILLEGAL') return 'bad-value';
  return issue === 'SIZE_OVER_2040_GIB' || issue === 'BLOCKS_BEYOND_32_BIT_SECTORS'
    ? 'size-limit'
    : 'bad-size';
}

/** Everything against making a new disk of this type, size and block size; empty when every reader takes it. */
export function sizeIssues(request: LayoutRequest): SizeIssue[] {
  const { type, sizeBytes } = request;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    return [error('SIZE_NOT_A_NUMBER', 'The size must be a whole number of bytes.')];
  }
  const issues: SizeIssue[] = [];
  if (sizeBytes === 0)
    issues.push(error('SIZE_ZERO', 'A disk needs at least one sector; many readers refuse less.'));
  if (sizeBytes % SECTOR_SIZE_BYTES !== 0) {
    issues.push(
      error('SIZE_NOT_SECTOR_MULTIPLE', `${formatBytes(sizeBytes)} is not a multiple of 512 bytes.`),
    );
  }
  if (sizeBytes > MAX_SPARSE_SIZE_BYTES) {
    issues.push(
      type === 'fixed'
        ? warning('SIZE_OVER_2040_GIB', 'QEMU refuses disks of more than 2040 GiB.')
        : error(
            'SIZE_OVER_2040_GIB',
            `A ${type} disk holds at most 2040 GiB: its table counts sectors of the file in 32 bits.`,
          ),
    );
  }
  if (sizeBytes > 0 && sizeBytes < MIN_WINDOWS_SIZE_BYTES) {
    issues.push(warning('SIZE_UNDER_3_MIB', 'Windows refuses disks of less than 3 MiB.'));
  }
  return type === 'fixed' ? issues : [...issues, ...blockIssues(request)];
}

function blockIssues(request: LayoutRequest): SizeIssue[] {
  const layout = predictLayout(request);
  const blockSizeBytes = layout.blockSizeBytes ?? 0;
  if (!isBlockSizeLegal(blockSizeBytes)) {
    const [below, above] = nearestBlockSizes(blockSizeBytes);
    const choice = below === above ? formatSize(below) : `${formatSize(below)} or ${formatSize(above)}`;
    return [
      error(
        'BLOCK_SIZE_ILLEGAL',
        `The block size must be a power of two from 512 bytes to 2 GiB, not ${formatSizeBoth(blockSizeBytes)}; ${choice} would do.`,
      ),
    ];
  }
  const issues: SizeIssue[] = [];
  if (!isBlockSizeStandard(blockSizeBytes)) {
    issues.push(
      warning(
        'BLOCK_SIZE_NOT_STANDARD',
        'Windows makes blocks of 512 KiB and 2 MiB only; Xen and VirtualBox may misread others.',
      ),
    );
  }
  if (blockSizeBytes < MIN_QEMU_BLOCK_SIZE_BYTES) {
    issues.push(
      warning(
        'BLOCK_SIZE_MISREAD_BY_QEMU',
        'QEMU takes the sector bitmap of blocks of less than 4 KiB for data, and damages such images when it writes.',
      ),
    );
  }
  const lastBlockOffset = layout.dataOffset + (layout.maxTableEntries - 1) * layout.blockStrideBytes;
  if (lastBlockOffset / SECTOR_SIZE_BYTES > MAX_BAT_SECTOR) {
    issues.push(
      error(
        'BLOCKS_BEYOND_32_BIT_SECTORS',
        `With blocks of ${formatSize(blockSizeBytes)} the disk could never be filled: its last blocks would lie beyond the 2 TiB that the table can address. Choose larger blocks.`,
      ),
    );
  }
  if (layout.maxTableEntries > MAX_QEMU_TABLE_ENTRIES) {
    issues.push(
      warning(
        'TABLE_TOO_LONG_FOR_QEMU',
        `QEMU refuses a table of ${formatCount(layout.maxTableEntries)} entries.`,
      ),
    );
  }
  return issues;
}

function error(code: SizeIssueCode, message: string): SizeIssue {
  return { code, severity: 'error', message };
}

function warning(code: SizeIssueCode, message: string): SizeIssue {
  return { code, severity: 'warning', message };
}
