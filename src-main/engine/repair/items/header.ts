/** The dynamic disk header. It has no copy: what cannot be proven is offered, never assumed. */
import { writeU32, writeU64 } from '../../../../src-shared/vhd/bytes';
import {
  DYNAMIC_HEADER_SIZE_BYTES,
  FORMAT_VERSION_1_0,
  SECTOR_SIZE_BYTES,
  USUAL_HEADER_OFFSET,
} from '../../../../src-shared/vhd/constants';
import { DISK_TYPE_CODES } from '../../../../src-shared/vhd/disk-type';
import { formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { RepairRisk } from '../../../../src-shared/model/repair-plan';
import { BatAnalysis } from '../../check/bat-analysis';
import { gatherFacts, type ImageFacts } from '../../check/image-facts';
import { isHeaderPlausible } from '../../check/header/header-plausible';
import type { LocatedHeader, VhdMetadata } from '../../disk/metadata';
import { freeEntries, readBat, sealDynamicHeader } from '../../format';
import type { RandomAccessFile } from '../../io';
import { editFooters, editHeader, isHeaderSound } from '../edit-structures';
import type { RepairContext, RepairOffer, RepairRecipe } from '../recipe';
import { parentIdOffer, parentOfAnotherId, resealed } from './header-parent';
import { deriveHeader } from './header-derive';
import { guessHeaders, type HeaderGuess } from './header-guess';

/** Where parent id, timestamp, name and locators lie in the header. */
const PARENT_START = 40;
const PARENT_END = 768;

/** Metadata and facts as they would be with another header. */
async function factsWith(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  header: LocatedHeader,
): Promise<{ metadata: VhdMetadata; facts: ImageFacts }> {
  const { tableOffset, maxTableEntries } = header.fields;
  const bat =
    tableOffset !== null && Number.isSafeInteger(tableOffset)
      ? await readBat(file, tableOffset, maxTableEntries, metadata.fileSizeBytes, maxTableEntries)
      : null;
  const changed = { ...metadata, header, bat };
  return { metadata: changed, facts: await gatherFacts(file, changed) };
}

/**
 * Headers that the stored checksum and the rest of the file both bear out, of those with the fewest damaged fields. One
 * alone is proof; several are none.
 */
async function fittingGuesses(
  context: RepairContext,
  header: LocatedHeader,
): Promise<readonly HeaderGuess[]> {
  const { file, metadata } = context;
  const facts = await gatherFacts(file, metadata);
  const hints = {
    type: metadata.type,
    headerOffset: header.offset,
    currentSizeBytes: facts.currentSizeBytes,
  };
  const fitting: HeaderGuess[] = [];
  let tried = 0;
  for (const guess of guessHeaders(header, hints)) {
    const fewest = fitting[0]?.fields.length;
    if ((fewest !== undefined && guess.fields.length > fewest) || tried >= CANDIDATES_MAX) break;
    tried += 1;
    const located = { ...guess.header, offset: header.offset, foundBy: header.foundBy };
    const there = await factsWith(file, metadata, located);
    if (isHeaderPlausible(there.metadata, there.facts) && isBorneOut(there.metadata, there.facts))
      fitting.push(guess);
    if (there.metadata.bat) freeEntries(there.metadata.bat.entries);
  }
  return fitting;
}

const CANDIDATES_MAX = 64;

/** Whether the BAT that a header leads to is in order and as long as the disk needs. */
function isBorneOut(metadata: VhdMetadata, facts: ImageFacts): boolean {
  const bat = new BatAnalysis(metadata, facts);
  const bad = [bat.outside, bat.cutOff, bat.inFooter, bat.inMetadata, bat.overlapping, bat.beyondDisk];
  const surplus = (metadata.header?.fields.maxTableEntries ?? 0) - (facts.neededEntries ?? 0);
  const firstBlock = (bat.placed.firstSector ?? Infinity) * SECTOR_SIZE_BYTES;
  // COMPAT(qemu before 1.x, vates): one entry more than needed
  return (
    bad.every((group) => group.count === 0) &&
    (surplus === 0 || surplus === 1) &&
    (facts.bat?.end ?? 0) <= Math.min(firstBlock, facts.dataEndOffset)
  );
}

async function headerOffer(context: RepairContext): Promise<RepairOffer | null> {
  const { file, metadata } = context;
  const { header } = metadata;
  if (!header || (header.cookieValid && header.checksum.valid)) return null;
  const guesses = await fittingGuesses(context, header);
  const [guess] = guesses;
  if (guess && guesses.length === 1) {
    return {
      title: 'Restore the damaged field of the dynamic disk header',
      detail: `With the value that belongs there (${guess.fields.join(', ')}), the stored checksum fits again: nothing else is damaged.`,
      risk: 'none',
      certain: true,
      proven: true,
      apply: () => file.writeAt(guess.header.bytes, header.offset),
    };
  }
  const facts = await gatherFacts(file, metadata);
  if (!guess && isHeaderPlausible(metadata, facts)) {
    const otherParent = metadata.type === 'differencing' ? await parentOfAnotherId(context) : null;
    if (otherParent) return parentIdOffer(context, header, otherParent);
    return {
      title: 'Recompute the checksum of the dynamic disk header',
      detail:
        'All its fields are valid and fit the footer, the BAT and the file; cookie and checksum are written.',
      risk: 'none',
      certain: true,
      assumptions: ['Only the checksum, or the cookie, is damaged: every other field is valid.'],
      apply: () => file.writeAt(resealed(header.bytes), header.offset),
    };
  }
  return rebuildOffer(context, header.offset, header);
}

async function rebuildOffer(
  { file, metadata }: RepairContext,
  headerOffset: number,
  header: LocatedHeader | null,
): Promise<RepairOffer | null> {
  const facts = await gatherFacts(file, metadata);
  const size = facts.currentSizeBytes;
  const options: NonNullable<RepairOffer['options']>[number][] = [];
  const derived =
    size === null || size === 0 || headerOffset + DYNAMIC_HEADER_SIZE_BYTES > metadata.fileSizeBytes
      ? null
      : await deriveHeader(file, {
          headerOffset,
          currentSizeBytes: size,
          dataEndOffset: facts.dataEndOffset,
          fileSizeBytes: metadata.fileSizeBytes,
          tableOffsets: facts.bat === null ? [] : [facts.bat.offset],
        });
  if (derived)
    options.push({
      name: 'rebuild',
      title: 'Build the header anew',
      detail: `BAT at byte ${derived.tableOffset} with ${derived.maxTableEntries} entries, blocks of ${formatSizeBoth(derived.blockSizeBytes)}.`,
      risk: 'data',
    });
  if (header?.cookieValid && facts.blockSizeBytes !== null)
    options.push({
      name: 'recompute',
      title: 'Keep all fields, write the checksum that fits',
      detail: 'Only if you know that the fields are right; some of them are not valid as they stand.',
      risk: 'data',
    });
  if (options.length === 0) return null;
  const assumptions = derived
    ? [
        `The size is the footer's: ${formatSizeBoth(size ?? 0)}.`,
        derived.allocatedBlocks === 0
          ? 'The BAT holds no block, so that the block size is only the usual one.'
          : `The block size follows from the ${derived.allocatedBlocks} blocks of the BAT${derived.endsAtFooter ? ', the last of which then ends exactly at the footer' : ''}.`,
        metadata.type === 'differencing'
          ? 'The fields that name the parent are kept as they stand.'
          : 'There is no parent.',
      ]
    : [];
  return {
    title: 'Restore the dynamic disk header',
    detail: 'The header has no copy. It can be built anew from the footer and the BAT.',
    risk: 'data',
    certain: false,
    options,
    assumptions,
    apply: async (option) => {
      if (option === 'recompute' && header) await file.writeAt(resealed(header.bytes), headerOffset);
      else if (derived) await file.writeAt(withParent(derived.bytes, metadata, header), headerOffset);
    },
  };
}

function withParent(bytes: Uint8Array, { type }: VhdMetadata, header: LocatedHeader | null): Uint8Array {
  if (type !== 'differencing' || !header) return bytes;
  const copy = Uint8Array.from(bytes);
  copy.set(header.bytes.subarray(PARENT_START, PARENT_END), PARENT_START);
  return sealDynamicHeader(copy);
}

const headerMissing: RepairRecipe = {
  codes: ['header-missing'],
  offer: (context) => (context.metadata.header ? null : rebuildOffer(context, USUAL_HEADER_OFFSET, null)),
};

interface HeaderEdit {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly risk: RepairRisk;
  readonly certain: boolean;
  readonly change: (bytes: Uint8Array) => void;
}

const headerEdit = ({ code, change, ...words }: HeaderEdit): RepairRecipe => ({
  codes: [code],
  dependsOn: ['header-checksum', 'header-cookie'],
  offer: ({ file, metadata }) =>
    isHeaderSound(metadata) ? { ...words, apply: () => editHeader(file, metadata, change) } : null,
});

const dynamicWithParent: RepairRecipe = {
  codes: ['dynamic-with-parent'],
  dependsOn: ['header-checksum', 'header-cookie'],
  offer: ({ file, metadata }) => {
    const { header } = metadata;
    if (!header || !isHeaderSound(metadata)) return null;
    return {
      title: 'Settle whether the disk has a parent',
      detail: 'Its type says no, its header names one.',
      risk: 'data',
      certain: false,
      options: [
        {
          name: 'clear-parent',
          title: 'Clear the fields of the parent',
          detail: 'Right where the disk really stands alone: what it shows does not change.',
          risk: 'low',
        },
        {
          name: 'make-differencing',
          title: 'Make it a differencing disk',
          detail:
            'Right where its type was damaged: sectors that are not in this file then come from the parent.',
          risk: 'data',
        },
      ],
      apply: async (option) => {
        if (option === 'make-differencing')
          await editFooters(file, metadata, (bytes) => writeU32(bytes, 60, DISK_TYPE_CODES.differencing));
        else
          await editHeader(file, metadata, (bytes) => {
            bytes.fill(0, PARENT_START, 60);
            bytes.fill(0, 64, PARENT_END);
          });
      },
    };
  },
};

const blockSizeIllegal: RepairRecipe = {
  codes: ['block-size-illegal'],
  offer: async (context) => {
    const { header } = context.metadata;
    // with a failing checksum the header is mended as a whole
    if (!header || !isHeaderSound(context.metadata)) return null;
    return rebuildOffer(context, header.offset, null);
  },
};

export const headerRecipes: readonly RepairRecipe[] = [
  // both are set right by writing the header, whichever was found
  { codes: ['header-cookie', 'header-checksum'], isOne: true, offer: headerOffer },
  headerMissing,
  blockSizeIllegal,
];

export const headerFieldRecipes: readonly RepairRecipe[] = [
  dynamicWithParent,
  headerEdit({
    code: 'header-data-offset-32-bit',
    title: 'Write "unused" with all 64 bits',
    detail: 'The data offset of the header becomes all ones.',
    risk: 'none',
    certain: true,
    change: (bytes) => writeU64(bytes, 8, null),
  }),
  headerEdit({
    code: 'header-data-offset',
    title: 'Set the data offset of the header to "unused"',
    detail: 'No program is known that keeps anything there.',
    risk: 'low',
    certain: false,
    change: (bytes) => writeU64(bytes, 8, null),
  }),
  headerEdit({
    code: 'header-version',
    title: 'Set the header version to 1.0',
    detail: 'Right where everything else fits version 1.0, the only one there is.',
    risk: 'low',
    certain: false,
    change: (bytes) => writeU32(bytes, 24, FORMAT_VERSION_1_0),
  }),
  headerEdit({
    code: 'header-reserved-bytes',
    title: 'Clear the reserved bytes of the header',
    detail: 'They must be zero; undo has them.',
    risk: 'low',
    certain: false,
    change: (bytes) => {
      bytes.fill(0, 60, 64);
      bytes.fill(0, PARENT_END);
    },
  }),
];
