import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import type { ReaderVerdict } from '../../../../src-shared/model/check-report';
import type { ParsedFooter } from '../../format';
import { parseFooter, sectorBitmapBytes } from '../../format';
import { silentBlockFault } from './block-trouble';
import {
  found,
  misreads,
  reads,
  refusalFor,
  refuses,
  soundAsExamined,
  SOUND_FIXED,
  type Judge,
  type ReaderInput,
} from './reader';
import { counted } from '../words';

const CANNOT_OPEN = '"Cannot open the file as archive":';

/** It opens a child without its parents, and then gives out nothing. Executed with 7-Zip 26.02. */
const PARENT_REFUSALS: Readonly<Record<string, string>> = {
  'parent-id-null': '"Missing volume": it does not find the parent.',
  'chain-loop': '"Unsupported Method": the chain of parents loops.',
  'parent-missing': '"Unsupported Method", or "Missing volume": it does not find a parent.',
  'parent-ambiguous':
    '"Missing volume": neither locator nor name leads to the parent, and several images could be it.',
  'parent-found-by-id':
    '"Missing volume": neither locator nor name leads to the parent, which lies under another name.',
  'parent-mismatch': '"Unsupported Method": the parent has another unique id.',
};

/**
 * 7-Zip. It takes the footer at the start where there is a sound one (a dynamic disk), else the last 512 bytes (a
 * fixed disk, counted back from there); wants every reserved byte zero and exactly as many BAT entries as the size
 * needs. It follows parents by their relative locator or name. COMPAT(7-zip 26): VhdHandler.cpp.
 */
export const judgeSevenZip: Judge = (input) => {
  const { facts, metadata } = input.context;
  const first = acceptable(facts.firstSector);
  const last = acceptable(facts.lastSector);
  // a fixed disk of no bytes is its footer and nothing else
  if (first?.type === 'fixed' && first.fields.currentSizeBytes === 0) return judgeFixed(input, first);
  if (first?.type === 'fixed')
    return refuses(`${CANNOT_OPEN} the first sector of the disk is itself a footer.`);
  if (!first) {
    if (last?.type === 'fixed') return judgeFixed(input, last);
    const why =
      metadata.type === 'fixed'
        ? `the last 512 bytes of the file ${reasonAgainst(facts.lastSector)}`
        : `the first 512 bytes of the file ${reasonAgainst(facts.firstSector)}`;
    return refuses(`${CANNOT_OPEN} ${why}.`);
  }
  if (metadata.type === 'fixed') return judgeByContent(input);
  return judgeSparse(input, first);
};

/** A fixed disk whose first sector is a sound footer of another type: 7-Zip goes by that one. */
function judgeByContent(input: ReaderInput): ReaderVerdict {
  if (!input.context.facts.contentIsImage)
    return refuses(
      `${CANNOT_OPEN} it takes the first sector of the content for the footer of a dynamic disk.`,
    );
  return found(input, 'disk-type-contradicted')
    ? refuses(`${CANNOT_OPEN} the footer at the end does not equal the one at the start.`)
    : misreads('it takes the image inside the disk for the image itself.');
}

function judgeFixed(input: ReaderInput, footer: ParsedFooter): ReaderVerdict {
  const size = footer.fields.currentSizeBytes ?? Number.MAX_VALUE;
  const area = input.context.metadata.fileSizeBytes - SECTOR_SIZE_BYTES;
  if (size > area)
    return refuses(`"Unexpected end of archive": ${formatBytes(size - area)} of the disk are missing.`);
  if (size < area)
    return misreads(
      `it counts the disk back from the footer: everything is shifted by ${formatBytes(area - size)}.`,
    );
  return reads(SOUND_FIXED);
}

function judgeSparse(input: ReaderInput, footer: ParsedFooter): ReaderVerdict {
  const { metadata, facts, bat } = input.context;
  const { header, fileSizeBytes } = metadata;
  const limit = fileSizeBytes - SECTOR_SIZE_BYTES;
  const offset = footer.fields.dataOffset;
  if (!header?.cookieValid || header.offset !== offset || header.offset + 1024 > limit)
    return refuses(`${CANNOT_OPEN} the dynamic disk header is not where the footer says.`);
  if (!header.checksum.valid) return refuses(`${CANNOT_OPEN} the dynamic disk header fails its checksum.`);
  if (facts.blockSizeBytes === null) return refuses(`${CANNOT_OPEN} the block size is no power of two.`);
  if (
    found(input, 'header-reserved-bytes') ||
    header.fields.parentLocators.some(({ reserved }) => reserved !== 0)
  )
    return refuses(`${CANNOT_OPEN} reserved bytes of the dynamic disk header are not zero.`);
  const { maxTableEntries, tableOffset } = header.fields;
  const size = footer.fields.currentSizeBytes ?? Number.MAX_VALUE;
  const needed = Math.ceil(size / facts.blockSizeBytes);
  if (maxTableEntries !== needed)
    return refuses(
      `${CANNOT_OPEN} the BAT has ${counted(maxTableEntries, 'entry', 'entries')}, and it wants exactly ${formatCount(needed)}.`,
    );
  const tableReadEnd =
    (tableOffset ?? Infinity) + Math.ceil((maxTableEntries * 4) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
  if (maxTableEntries > 0 && tableReadEnd > limit)
    return refuses(`${CANNOT_OPEN} the BAT reaches past the end of the file.`);
  const areFootersEqual = Buffer.from(facts.firstSector).equals(Buffer.from(facts.lastSector));
  const physicalEnd = areFootersEqual ? fileSizeBytes : endOfContent(input);
  const isShort = physicalEnd + SECTOR_SIZE_BYTES > fileSizeBytes;
  if (!areFootersEqual && !isShort && physicalEnd + SECTOR_SIZE_BYTES > limit)
    return refuses(`${CANNOT_OPEN} the footer at the end does not equal the copy at the start.`);
  const isChild = footer.type === 'differencing';
  const refusal = isChild ? refusalFor(input, PARENT_REFUSALS) : null;
  if (refusal) return refusal;
  const lost = bat ? bat.outside.count + bat.cutOff.count : 0;
  if (lost > 0)
    return misreads(
      `it stops with "Unexpected end of archive" ${lost === 1 ? 'at the block that lies' : `at the first of ${formatCount(lost)} blocks that lie`} behind the end of the file.`,
    );
  if (found(input, 'data-under-clear-bits'))
    return misreads('it stops with "Data Error" at data under clear bits of the sector bitmap.');
  if (!isChild && input.hasStrayData)
    return misreads(
      'it stops with "Data Error" at a block that lies over the metadata, which it takes for a sector bitmap and data.',
    );
  const blockFault = silentBlockFault(input);
  if (blockFault) return misreads(blockFault);
  if (isChild) return judgeChild(input);
  if (!areFootersEqual)
    return reads(
      isShort
        ? 'It reports an "Unexpected end of archive", but the content is right.'
        : 'It warns about what lies behind the blocks, but the content is right.',
    );
  return reads(soundAsExamined(input));
}

function judgeChild(input: ReaderInput): ReaderVerdict {
  const { behindParentOffset } = input;
  if (typeof behindParentOffset === 'number')
    return misreads(
      `it stops at byte ${formatCount(behindParentOffset)} with "Unexpected end of data" or "Data Error": a parent ends before, and it does not take the rest for zeros.`,
    );
  return reads(
    'It looks for the parent by its relative locator, else by its name, and refuses one with another unique id.',
  );
}

/** End of everything that the header and the BAT point to. */
function endOfContent({ context: { metadata, facts } }: ReaderInput): number {
  const { header, bat } = metadata;
  if (!header || facts.blockSizeBytes === null) return 0;
  const stride = sectorBitmapBytes(facts.blockSizeBytes) + facts.blockSizeBytes;
  let end = Math.max(SECTOR_SIZE_BYTES, header.offset + 1024);
  for (const entry of header.fields.parentLocators) {
    if (entry.dataLengthBytes !== 0) end = Math.max(end, (entry.dataOffset ?? 0) + entry.dataLengthBytes);
  }
  if (header.fields.maxTableEntries > 0)
    end = Math.max(end, (header.fields.tableOffset ?? 0) + SECTOR_SIZE_BYTES);
  const last = bat?.entries.lastSector() ?? null;
  return last === null ? end : Math.max(end, last * SECTOR_SIZE_BYTES + stride);
}

/** A footer as 7-Zip takes it, or null. */
function acceptable(bytes: Uint8Array): ParsedFooter | null {
  if (bytes.length < SECTOR_SIZE_BYTES) return null;
  const footer = parseFooter(bytes);
  return reasonAgainst(bytes) === null ? footer : null;
}

function reasonAgainst(bytes: Uint8Array): string | null {
  if (bytes.length < SECTOR_SIZE_BYTES) return 'are not there';
  const footer = parseFooter(bytes);
  // its signature is ten bytes long: the cookie and the upper half of the features
  if (!footer.cookieValid) return 'do not hold a footer';
  if (footer.fields.features > 0xffff) return 'have unknown features';
  if (footer.type === null) return 'name no disk type that it knows';
  if (!footer.checksum.valid) return 'fail their checksum';
  if (bytes.subarray(85).some((byte) => byte !== 0)) return 'have reserved bytes that are not zero';
  return null;
}
