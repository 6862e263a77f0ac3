import { isBlockSizeLegal } from '../../../../src-shared/vhd/block-size';
import {
  MAX_QEMU_TABLE_ENTRIES,
  MAX_SPARSE_SIZE_BYTES,
  MIN_QEMU_BLOCK_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import type { ReaderVerdict } from '../../../../src-shared/model/check-report';
import { sizesByReader } from '../../../../src-shared/vhd/reader-size';
import { parseFooter, sectorBitmapBytes, type BlockAllocationTable, type ParsedFooter } from '../../format';
import { silentBlockFault } from './block-trouble';
import { found, misreads, reads, refuses, soundAsExamined, SOUND_FIXED, type ReaderInput } from './reader';
import { sizeDifference } from './size-trouble';

export type QemuGeneration = 'qemuUpTo9' | 'qemuFrom10';

const TRUNCATED = '"free_data_block_offset points after the end of file. The image has been truncated."';

/**
 * QEMU's vpc driver. It looks at offset 0 first: a footer there makes the image dynamic whatever its type says, and
 * the footer at the end is read only where there is none. It never looks at the type otherwise, at the bitmap, or at
 * the header's checksum. COMPAT(qemu): block/vpc.c; executed with 7.2.
 */
export function judgeQemu(input: ReaderInput, generation: QemuGeneration): ReaderVerdict {
  const { facts, metadata } = input.context;
  const hasFooterAtStart = startsWithCookie(facts.firstSector);
  const footer = hasFooterAtStart ? padded(facts.firstSector) : footerAtRoundedEnd(input);
  if (!footer || (!hasFooterAtStart && !isFixed(footer)))
    return refuses(
      '"invalid VPC image": it finds no footer at the start, and at the end none of a fixed disk.',
    );
  if (!footer.checksum.valid)
    return refuses(
      `"Incorrect header checksum" of the footer at the ${hasFooterAtStart ? 'start' : 'end'} of the file.`,
    );
  const { fields } = footer;
  const currentSizeBytes = fields.currentSizeBytes ?? Number.MAX_VALUE;
  const seenBytes = sizesByReader({ ...fields, currentSizeBytes })[generation];
  if (seenBytes > MAX_SPARSE_SIZE_BYTES) return refuses('"File too large": it takes disks up to 2040 GiB.');
  if (metadata.type === 'fixed' && hasFooterAtStart) return judgeByContent(input, footer);
  if (hasFooterAtStart) {
    const refusal = refusalOfDynamic(input, footer, seenBytes);
    if (refusal) return refusal;
  }
  return contentVerdict(input, seenBytes, footer);
}

/** A fixed disk whose first sector is a footer too: QEMU goes by that one. */
function judgeByContent(input: ReaderInput, first: ParsedFooter): ReaderVerdict {
  if (!input.context.facts.contentIsImage)
    return refuses(
      '"Invalid header magic": it takes the first sector of the content for the footer of a dynamic disk.',
    );
  if (first.type === 'differencing')
    return misreads('it goes by the footer at the start, and knows no parents.');
  return found(input, 'disk-type-contradicted')
    ? reads('It goes by the footer at the start, which says that the disk is not fixed.')
    : misreads('it takes the image inside the disk for the image itself.');
}

function contentVerdict(input: ReaderInput, seenBytes: number, footer: ParsedFooter): ReaderVerdict {
  const { context } = input;
  if (footer.type === 'differencing')
    return misreads('it knows no parents: what is not in this file reads as zeros, and nothing warns of it.');
  const { blockSizeBytes } = context.facts;
  if (blockSizeBytes !== null && qemuBitmapBytes(blockSizeBytes) === 0 && context.bat?.allocatedCount)
    return misreads(
      'it expects no sector bitmap before blocks of less than 4 KiB: it shows the bitmap as the first sector of each, and the last sector is missing.',
    );
  const blockFault = silentBlockFault(input);
  if (blockFault) return misreads(blockFault);
  if (found(input, 'data-under-clear-bits'))
    return misreads('it ignores the sector bitmap: data under clear bits shows, which others read as zeros.');
  if (found(input, 'fixed-too-short'))
    return misreads('it shows the footer as content, and zeros behind it.');
  const difference = sizeDifference(seenBytes, context.facts.currentSizeBytes ?? seenBytes);
  if (difference) return misreads(`${difference}. ${sizeReason(seenBytes, footer)}`);
  // Only what begins with a footer copy is recognised without being told.
  return reads(
    footer.type === 'fixed'
      ? `${SOUND_FIXED} Tell it the format: it takes a fixed VHD for a raw disk otherwise.`
      : soundAsExamined(input),
  );
}

function sizeReason(seenBytes: number, { fields }: ParsedFooter): string {
  const isRounded =
    seenBytes === (fields.currentSizeBytes ?? 0) - ((fields.currentSizeBytes ?? 0) % SECTOR_SIZE_BYTES);
  return isRounded
    ? 'It drops a last part of a sector.'
    : `For the creator "${fields.creatorApplication.replace(/[\0 ]+$/, '')}" it takes the size from the geometry. A backup GPT at the end would be lost.`;
}

function refusalOfDynamic(input: ReaderInput, footer: ParsedFooter, seenBytes: number): ReaderVerdict | null {
  const { metadata } = input.context;
  const { header, bat, fileSizeBytes } = metadata;
  const { dataOffset } = footer.fields;
  if (dataOffset === null || dataOffset >= 2 ** 63) return refuses('"Error reading dynamic VHD header".');
  if (!header?.cookieValid || header.offset !== dataOffset) return refuses('"Invalid header magic".');
  const { blockSizeBytes, maxTableEntries, tableOffset } = header.fields;
  if (!isBlockSizeLegal(blockSizeBytes)) return refuses(`"Invalid block size ${blockSizeBytes}".`);
  if (maxTableEntries * blockSizeBytes < seenBytes) return refuses('"Page table too small".');
  if (maxTableEntries > MAX_QEMU_TABLE_ENTRIES) return refuses('"Max Table Entries too large".');
  if (tableOffset === null || tableOffset >= 2 ** 63) return refuses('"Error reading pagetable".');
  const stride = qemuBitmapBytes(blockSizeBytes) + blockSizeBytes;
  const tableEnd = Math.ceil((tableOffset + maxTableEntries * 4) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
  const roundedFileBytes = roundUpToSector(fileSizeBytes);
  // entries behind the end of the file read as zeros, and a zero is a block at sector 0
  const isTableCut = tableOffset + maxTableEntries * 4 > fileSizeBytes;
  const blocksEnd = Math.max(lastBlockEnd(bat, stride), isTableCut ? stride : 0);
  if (Math.max(tableEnd, blocksEnd) > roundedFileBytes) return refuses(TRUNCATED);
  return null;
}

/** It divides before it rounds up, so that small blocks come out without a bitmap. */
const qemuBitmapBytes = (blockSizeBytes: number): number =>
  blockSizeBytes < MIN_QEMU_BLOCK_SIZE_BYTES ? 0 : sectorBitmapBytes(blockSizeBytes);

function lastBlockEnd(bat: BlockAllocationTable | null, stride: number): number {
  const last = bat?.entries.lastSector() ?? null;
  return last === null ? 0 : last * SECTOR_SIZE_BYTES + stride;
}

/** The sector that ends at the file's end rounded up to a sector, as QEMU counts the length of a file. */
function footerAtRoundedEnd({ context: { facts, metadata } }: ReaderInput): ParsedFooter | null {
  const { footer, fileSizeBytes } = metadata;
  const start = roundUpToSector(fileSizeBytes) - SECTOR_SIZE_BYTES;
  if (footer && footer.offset === start) return footer.cookieValid ? footer : null;
  return fileSizeBytes % SECTOR_SIZE_BYTES === 0 && startsWithCookie(facts.lastSector)
    ? padded(facts.lastSector)
    : null;
}

const isFixed = (footer: ParsedFooter): boolean => footer.type === 'fixed';

const startsWithCookie = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from('conectix', 'latin1'));

function padded(bytes: Uint8Array): ParsedFooter {
  const whole = new Uint8Array(SECTOR_SIZE_BYTES);
  whole.set(bytes);
  return parseFooter(whole);
}
