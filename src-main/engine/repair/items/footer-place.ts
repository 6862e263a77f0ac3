/** Footers that are missing, or do not stand at the very end of the file. */
import { FOOTER_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { geometryForSectors } from '../../../../src-shared/vhd/geometry';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import {
  DEFAULT_CREATOR_APPLICATION,
  DEFAULT_CREATOR_HOST_OS,
  DEFAULT_CREATOR_VERSION,
} from '../../../../src-shared/vhd/names';
import { NULL_UUID } from '../../../../src-shared/vhd/uuid';
import { formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import { gatherFacts, type ImageFacts } from '../../check/image-facts';
import type { VhdMetadata } from '../../disk/metadata';
import { isAllZero } from '../../disk/zeros';
import { encodeFooter } from '../../format';
import { readUpTo, type RandomAccessFile } from '../../io';
import type { RepairContext, RepairOffer, RepairRecipe } from '../recipe';

/** Zeros behind the last block are looked at up to here; more is taken for content. */
const TAIL_BYTES_MAX = 64 * 1024 * 1024;

/** End of the last structure or block that the metadata names, in bytes; never behind the end of the file. */
function endOfData({ bat, fileSizeBytes }: VhdMetadata, facts: ImageFacts): number {
  let last = -1;
  bat?.entries.someUsed((sector) => {
    if (sector > last && sector * SECTOR_SIZE_BYTES < fileSizeBytes) last = sector;
    return false;
  });
  const blocks = last < 0 ? 0 : last * SECTOR_SIZE_BYTES + facts.blockStrideBytes;
  const end = facts.metadataAreas.reduce(
    (max, area) => Math.max(max, area.end),
    Math.max(blocks, facts.bat?.end ?? 0),
  );
  return Math.min(end, fileSizeBytes);
}

/**
 * Where a footer belongs in a file without one: where it stood, as far as that can be seen (directly behind the data,
 * or at the end of a padding of zeros), else behind everything that is there. Never on bytes that something uses.
 */
async function placeForFooter(file: RandomAccessFile, dataEnd: number, footer: Uint8Array): Promise<number> {
  const size = await file.size();
  const end = roundUpToSector(dataEnd);
  if (size <= end) return Math.max(end, roundUpToSector(size));
  if (size - end <= FOOTER_SIZE_BYTES) return end;
  const behindAll = roundUpToSector(size);
  if (size - end > TAIL_BYTES_MAX) return behindAll;
  const tail = await readUpTo(file, end, size - end);
  const partial = size % SECTOR_SIZE_BYTES;
  const lastSector = partial === 0 ? size - SECTOR_SIZE_BYTES : size - partial;
  if (!isAllZero(tail.subarray(0, lastSector - end))) return behindAll;
  const rest = tail.subarray(lastSector - end);
  const isCutFooter = partial > 0 && Buffer.compare(rest, footer.subarray(0, partial)) === 0;
  return partial === 0 || isCutFooter ? lastSector : behindAll;
}

const footerMissing: RepairRecipe = {
  codes: ['footer-missing'],
  offer: async (context) => {
    const { metadata, file } = context;
    if (metadata.footer) return null;
    const facts = await gatherFacts(file, metadata);
    const copy = metadata.footerCopy;
    if (copy?.cookieValid && copy.checksum.valid) {
      const offset = await placeForFooter(file, endOfData(metadata, facts), copy.bytes);
      return {
        title: 'Write the footer again from its copy',
        detail: `The 512 bytes of the footer copy are written to byte ${offset}, behind the last block.`,
        risk: 'none',
        certain: true,
        apply: () => writeFooter(file, copy.bytes, offset),
      };
    }
    return copy ? null : rebuildOffer(context, facts);
  },
};

/** Cuts what sticks out behind the new footer: a partial sector of the old one. */
async function writeFooter(file: RandomAccessFile, bytes: Uint8Array, offset: number): Promise<void> {
  await file.writeAt(bytes, offset);
  if ((await file.size()) > offset + FOOTER_SIZE_BYTES) await file.setSize(offset + FOOTER_SIZE_BYTES);
}

function rebuildOffer(context: RepairContext, facts: ImageFacts): RepairOffer | null {
  const { metadata, file } = context;
  const { header } = metadata;
  if (!header?.cookieValid || facts.blockSizeBytes === null || header.fields.maxTableEntries === 0)
    return null;
  const type = header.fields.parentUniqueId === NULL_UUID ? 'dynamic' : 'differencing';
  const sizeBytes = header.fields.maxTableEntries * facts.blockSizeBytes;
  const bytes = encodeFooter({
    features: 2,
    fileFormatVersion: 0x0001_0000,
    dataOffset: header.offset,
    timestampSeconds: context.modifiedSeconds,
    creatorApplication: DEFAULT_CREATOR_APPLICATION,
    creatorVersion: DEFAULT_CREATOR_VERSION,
    creatorHostOs: DEFAULT_CREATOR_HOST_OS,
    originalSizeBytes: sizeBytes,
    currentSizeBytes: sizeBytes,
    geometry: geometryForSectors(sizeBytes / SECTOR_SIZE_BYTES),
    type,
    uniqueId: context.newUniqueId(),
  });
  return {
    title: 'Build a new footer',
    detail: 'Footer and copy are both gone. A new footer is made from the dynamic disk header and the BAT.',
    risk: 'data',
    certain: false,
    options: [
      {
        name: 'rebuild',
        title: 'Build a footer from header and BAT',
        detail: `A ${type} disk of ${formatSizeBoth(sizeBytes)}, the most that the BAT can hold; the true size may be up to one block less.`,
        risk: 'data',
      },
    ],
    assumptions: [
      `The size is ${header.fields.maxTableEntries} BAT entries of ${formatSizeBoth(facts.blockSizeBytes)}: ${formatSizeBoth(sizeBytes)}.`,
      `The type is ${type}: the header names ${type === 'dynamic' ? 'no parent' : 'a parent'}.`,
      'The unique id is new, so that children of the old one no longer fit; creation time, creator and saved state are not known.',
    ],
    apply: async () => {
      const offset = await placeForFooter(file, endOfData(metadata, facts), bytes);
      await writeFooter(file, bytes, offset);
    },
  };
}

const footerCopyMissing: RepairRecipe = {
  codes: ['footer-copy-missing'],
  offer: ({ file, metadata: { footer, footerCopy, type } }) => {
    if (footerCopy || !footer?.cookieValid || !footer.checksum.valid || type === 'fixed') return null;
    return {
      title: 'Write the footer copy again from the footer',
      detail: 'The footer, which is sound, is written to the first 512 bytes of the file.',
      risk: 'none',
      certain: true,
      apply: () => file.writeAt(footer.bytes, 0),
    };
  },
};

const footerShort: RepairRecipe = {
  codes: ['footer-short'],
  offer: ({ file, metadata: { footer } }) =>
    footer?.lengthBytes === 511
      ? {
          title: 'Append the last byte of the footer',
          detail:
            'One zero byte makes the footer of Virtual PC before 2004 one of 512 bytes; its checksum stays right.',
          risk: 'none',
          certain: true,
          apply: () => file.writeAt(footer.bytes.subarray(511), footer.offset + 511),
        }
      : null,
};

const bytesAfterFooter: RepairRecipe = {
  codes: ['bytes-after-footer'],
  offer: async ({ file, metadata }) => {
    const { footer, footerCopy, fileSizeBytes } = metadata;
    if (footer?.position !== 'displaced') return null;
    const facts = await gatherFacts(file, metadata);
    const end = footer.offset + footer.lengthBytes;
    const dataEnd = metadata.type === 'fixed' ? (facts.currentSizeBytes ?? 0) : endOfData(metadata, facts);
    if (dataEnd <= footer.offset) {
      return {
        title: 'Cut off what follows the footer',
        detail: `The ${fileSizeBytes - end} bytes behind the footer belong to nothing in the image; undo brings them back.`,
        risk: 'none',
        certain: true,
        apply: () => file.setSize(end),
      };
    }
    // Blocks lie behind it: what was found there may be the footer of an image inside this one.
    const right = footerCopy?.cookieValid && footerCopy.checksum.valid ? footerCopy : footer;
    const offset = await placeForFooter(file, dataEnd, right.bytes);
    return {
      title: 'Write the footer behind the last block',
      detail: `Blocks lie behind the footer that was found at byte ${footer.offset}. A footer is written to byte ${offset}; nothing is cut off.`,
      risk: 'none',
      certain: right !== footer,
      apply: () => file.writeAt(right.bytes, offset),
    };
  },
};

export const footerPlaceRecipes: readonly RepairRecipe[] = [
  footerMissing,
  footerCopyMissing,
  bytesAfterFooter,
  footerShort,
];
