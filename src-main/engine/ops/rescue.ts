import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult } from '../../../src-shared/model/results';
import { writeU32, writeU64 } from '../../../src-shared/vhd/bytes';
import {
  BAT_ENTRY_SIZE_BYTES,
  BAT_UNUSED,
  SECTOR_SIZE_BYTES,
  USUAL_BAT_OFFSET,
  USUAL_HEADER_OFFSET,
} from '../../../src-shared/vhd/constants';
import { DISK_TYPE_CODES, type DiskType } from '../../../src-shared/vhd/disk-type';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { describeMissing, missingPieceOf, openImageFile, readLocators } from '../chain';
import { checkImage } from '../check/check-image';
import { interruptedWarnings } from '../check/interrupted';
import { locateMetadata, type LocatedMetadata } from '../disk/metadata';
import { describeFormat, probeFormat } from '../disk/probe';
import type { OperationContext } from '../disk/virtual-disk';
import {
  batSizeBytes,
  encodeBat,
  encodeDynamicHeader,
  freeEntries,
  locatorOffset,
  sealDynamicHeader,
  sealFooter,
  sectorBitmapBytes,
  writeCurrentSize,
  type BatEntries,
} from '../format';
import { pathsOfFile, piecewiseExtents, readUpTo, type RandomAccessFile } from '../io';
import { metadataNow } from '../repair/edit-structures';
import { openOutput } from './open-output';
import { newFooterBytes } from './new-image';
import { Breather, PhaseProgress } from './operation';
import { Holes } from './rescue-holes';
import { RescueReport, surveyBlocks, type Survey } from './rescue-survey';

const CHUNK_BYTES = 1 << 20;
const TABLE_PIECE_ENTRIES = 256 * 1024;
/** Blocks copied between two looks at what else there is to do. */
const BLOCKS_PER_BREATH = 256;

export interface RescueOptions extends OperationContext {
  readonly replace?: boolean | undefined;
}

/** What a rescue reports: sentences for people, by how far they can be relied on. */
export interface RescueResult extends OperationResult {
  readonly certain: readonly string[];
  readonly likely: readonly string[];
  /** What nothing but the order in the file speaks for. */
  readonly guessed: readonly string[];
  readonly lost: readonly string[];
}

interface Rescued {
  readonly type: DiskType;
  readonly sizeBytes: number;
}

/**
 * Builds a new image from what is left of one whose BAT, header or footers are gone. The source is only read.
 * @throws AppError `nothing-found`, `not-a-vhd` (another format), `target-exists`, `cancelled`, `verify-failed`, and of kind `system`.
 */
export async function rescueImage(
  sourcePath: string,
  targetPath: string,
  options: RescueOptions = {},
): Promise<RescueResult> {
  const source = await openImageFile(sourcePath);
  try {
    const interrupted = await interruptedWarnings([{ path: sourcePath }]);
    const output = await openOutput(targetPath, options.replace, pathsOfFile(source));
    try {
      const report = new RescueReport();
      await tellMissingPiece(source, report);
      const { type, sizeBytes } = await rescueInto(output.file, source, report, options);
      await requireSound(output.file, type);
      const fileSizeBytes = await output.file.size();
      await output.publish();
      return {
        path: targetPath,
        changed: [
          `A ${type} disk of ${formatSizeBoth(sizeBytes)} was built from what is left of "${sourcePath}".`,
        ],
        virtualSizeBytes: sizeBytes,
        fileSizeBeforeBytes: null,
        fileSizeBytes,
        verified: true,
        contentHash: null,
        journal: null,
        warnings: [...interrupted, ...report.lost],
        certain: report.certain,
        likely: report.likely,
        guessed: report.guessed,
        lost: report.lost,
      };
    } finally {
      await output.discard();
    }
  } finally {
    await source.close();
  }
}

/** Where a piece of a split set is missing, nothing behind it can be put into its place. */
async function tellMissingPiece(source: RandomAccessFile, report: RescueReport): Promise<void> {
  const { footer } = await locateMetadata(source);
  const missing = footer?.position === 'end' ? null : await missingPieceOf(source.path);
  if (missing !== null)
    report.lost.push(
      `The piece "${path.basename(missing)}" of the split set ${await describeMissing(missing)}: it and all behind it.`,
    );
}

async function rescueInto(
  target: RandomAccessFile,
  source: RandomAccessFile,
  report: RescueReport,
  options: RescueOptions,
): Promise<Rescued> {
  const metadata = await locateMetadata(source);
  if (metadata.type === 'fixed') return rescueFixed(target, source, metadata, report, options);
  const hasMetadata = metadata.active !== null || metadata.header?.cookieValid === true;
  const format = hasMetadata ? 'vhd' : await probeFormat(source);
  if (format === 'raw') return rescueFixed(target, source, metadata, report, options);
  if (format !== 'vhd' && format !== 'unknown')
    throw new AppError('not-a-vhd', `"${source.path}" is ${describeFormat(format)}.`, {
      context: { path: source.path },
      data: { format },
    });
  const holes = await Holes.of(source);
  const survey = await surveyBlocks(source, holes, metadata, report, options);
  if (!survey)
    throw new AppError('nothing-found', `Nothing of a disk was found in "${source.path}".`, {
      context: { path: source.path },
    });
  await writeBlocks(target, source, { holes, metadata, survey }, report, options);
  const { type, sizeBytes, entries } = survey;
  // the proof of what was built reads its BAT
  freeEntries(entries);
  return { type, sizeBytes };
}

/** A fixed disk is its file: everything in front of where the footer is or was. */
async function rescueFixed(
  target: RandomAccessFile,
  source: RandomAccessFile,
  { footer, fileSizeBytes }: LocatedMetadata,
  report: RescueReport,
  context: OperationContext,
): Promise<Rescued> {
  const dataEnd = footer?.offset ?? fileSizeBytes;
  const named = footer?.cookieValid && footer.checksum.valid ? footer.fields.currentSizeBytes : null;
  const sizeBytes = named ?? dataEnd - (dataEnd % SECTOR_SIZE_BYTES);
  if (sizeBytes === 0)
    throw new AppError('nothing-found', `"${source.path}" holds no content.`, {
      context: { path: source.path },
    });
  const copied = Math.min(sizeBytes, dataEnd);
  report.certain.push(`${formatSizeBoth(copied)} of content, byte for byte as they lie in the file.`);
  if (named === null)
    report.likely.push(
      `The footer is gone or damaged; the size ${formatSizeBoth(sizeBytes)} is that of the file.`,
    );
  if (copied < sizeBytes)
    report.lost.push(`The last ${formatSizeBoth(sizeBytes - copied)} of the disk; they read as zeros.`);
  if (named === null && dataEnd % SECTOR_SIZE_BYTES !== 0)
    report.lost.push(
      `${dataEnd % SECTOR_SIZE_BYTES} bytes at the end of the file that make no whole sector.`,
    );
  const progress = new PhaseProgress(context, 'copy', copied);
  const buffers = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)] as const;
  for await (const { kind, offset, length } of piecewiseExtents(source, 0, copied)) {
    if (kind === 'hole') continue;
    await copyBytes(source, target, { from: offset, to: offset, length }, buffers, progress);
  }
  await target.setSize(sizeBytes);
  const keepsFooter = footer !== null && named !== null;
  await target.writeAt(keepsFooter ? footer.bytes : newFooterBytes('fixed', sizeBytes, {}), sizeBytes);
  return { type: 'fixed', sizeBytes };
}

async function writeBlocks(
  target: RandomAccessFile,
  source: RandomAccessFile,
  { holes, metadata, survey }: { holes: Holes; metadata: LocatedMetadata; survey: Survey },
  report: RescueReport,
  context: OperationContext,
): Promise<void> {
  const { blockSizeBytes, entries } = survey;
  const header = encodeDynamicHeader({
    tableOffset: USUAL_BAT_OFFSET,
    maxTableEntries: entries.length,
    blockSizeBytes,
  });
  let end = USUAL_BAT_OFFSET + batSizeBytes(entries.length);
  if (survey.type === 'differencing') end = await copyParent(target, source, metadata, header, end);
  else if (metadata.type === 'differencing')
    report.lost.push('Which image the parent is: what was not written to this one reads as zeros.');
  const stride = sectorBitmapBytes(blockSizeBytes) + blockSizeBytes;
  const progress = new PhaseProgress(context, 'copy', entries.countUsed() * stride);
  const breather = new Breather(context);
  const buffers = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)] as const;
  const firstBlock = end;
  let turn = 0;
  for (const part of entries.usedParts()) {
    for (let at = 0; at < part.entries.length; at += 1) {
      const sector = part.entries[at] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED) continue;
      if ((turn += 1) % BLOCKS_PER_BREATH === 0) await breather.breathe();
      const from = sector * SECTOR_SIZE_BYTES;
      if (holes.covers(from, stride) || (await holes.isHole(from, stride))) progress.advance(stride);
      else await copyBlock(source, target, { from, to: end, length: stride }, buffers, progress);
      end += stride;
    }
  }
  const footer = footerFor(metadata, survey, report);
  await writeTable(target, entries, firstBlock / SECTOR_SIZE_BYTES, stride / SECTOR_SIZE_BYTES);
  await target.writeAt(sealDynamicHeader(header), USUAL_HEADER_OFFSET);
  await target.writeAt(footer, 0);
  await target.writeAt(footer, end);
}

/** The BAT of blocks that lie one behind the other in the order of their numbers, padded to a sector with ones. */
async function writeTable(
  target: RandomAccessFile,
  used: BatEntries,
  firstSector: number,
  strideSectors: number,
): Promise<void> {
  const room = new Uint32Array(
    Math.min(TABLE_PIECE_ENTRIES, batSizeBytes(used.length) / BAT_ENTRY_SIZE_BYTES),
  );
  let sector = firstSector;
  for (let first = 0; first < used.length; first += room.length) {
    const length = Math.min(room.length, batSizeBytes(used.length) / BAT_ENTRY_SIZE_BYTES - first);
    const piece = room.subarray(0, length).fill(BAT_UNUSED);
    for (const part of used.usedParts(first, first + length)) {
      for (let at = 0; at < part.entries.length; at += 1) {
        if (part.entries[at] === BAT_UNUSED) continue;
        piece[part.first - first + at] = sector;
        sector += strideSectors;
      }
    }
    await target.writeAt(encodeBat(piece), USUAL_BAT_OFFSET + first * BAT_ENTRY_SIZE_BYTES);
  }
}

/** The parent's id, time, name and locators, their paths laid behind the BAT. @returns the end of what was written. */
async function copyParent(
  target: RandomAccessFile,
  source: RandomAccessFile,
  metadata: LocatedMetadata,
  header: Uint8Array,
  start: number,
): Promise<number> {
  if (!metadata.header) return start;
  header.set(metadata.header.bytes.subarray(40, 60), 40);
  header.set(metadata.header.bytes.subarray(64, 768), 64);
  let end = start;
  for (const { index, entry } of await readLocators(source, { ...metadata, bat: null })) {
    const at = locatorOffset(index);
    const bytes = await readUpTo(source, entry.dataOffset ?? -1, Math.min(entry.dataLengthBytes, 1 << 16));
    if (bytes.length < entry.dataLengthBytes || bytes.length === 0) {
      header.fill(0, at, at + 24);
      continue;
    }
    const space = roundUpToSector(bytes.length);
    await target.writeAt(bytes, end);
    writeU32(header, at + 4, space);
    writeU64(header, at + 16, end);
    end += space;
  }
  return end;
}

/** The image's own footer, where it is sound: it is the same disk, and children know it by its id. */
function footerFor(
  { active }: LocatedMetadata,
  { type, sizeBytes }: Survey,
  report: RescueReport,
): Uint8Array {
  if (!active?.cookieValid || !active.checksum.valid) {
    report.likely.push('The footer is new: unique id, creation time and creator of the old one are lost.');
    const bytes = newFooterBytes(type, sizeBytes, {});
    return bytes;
  }
  const bytes = Uint8Array.from(active.bytes);
  writeU64(bytes, 16, USUAL_HEADER_OFFSET);
  writeU32(bytes, 60, DISK_TYPE_CODES[type]);
  if (active.fields.currentSizeBytes !== sizeBytes) {
    writeCurrentSize(bytes, sizeBytes);
  }
  return sealFooter(bytes);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}
type Buffers = readonly [Buffer, Buffer];

/** Copies what the source holds of a block; the rest reads as zeros in a new file. @throws AppError `verify-failed`. */
async function copyBlock(
  source: RandomAccessFile,
  target: RandomAccessFile,
  { from, to, length }: Stretch,
  buffers: Buffers,
  progress: PhaseProgress,
): Promise<void> {
  for await (const extent of piecewiseExtents(source, from, length)) {
    const part = { from: extent.offset, to: to + extent.offset - from, length: extent.length };
    if (extent.kind === 'hole') progress.advance(extent.length);
    else await copyBytes(source, target, part, buffers, progress);
  }
}

/** Copies and reads back; bytes that the source does not have are zeros. @throws AppError `verify-failed`. */
async function copyBytes(
  source: RandomAccessFile,
  target: RandomAccessFile,
  { from, to, length }: Stretch,
  [room, back]: Buffers,
  progress: PhaseProgress,
): Promise<void> {
  for (let done = 0; done < length; done += CHUNK_BYTES) {
    const count = Math.min(CHUNK_BYTES, length - done);
    const bytes = room.subarray(0, count);
    bytes.fill(0, await source.readAt(bytes, from + done));
    await target.writeAt(bytes, to + done);
    const written = back.subarray(0, await target.readAt(back.subarray(0, count), to + done));
    if (!written.equals(bytes))
      throw new AppError(
        'verify-failed',
        `The copy of byte ${from + done} does not read back as it was written.`,
        {
          context: { path: target.path, offset: to + done },
        },
      );
    progress.advance(count, { offset: from + done, length: count });
  }
}

/** What was built must be sound itself; what its content is worth, the report says. */
async function requireSound(file: RandomAccessFile, type: DiskType): Promise<void> {
  const { findings } = await checkImage({ file, metadata: await metadataNow(file) });
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (errors.length === 0) return;
  throw new AppError(
    'verify-failed',
    `The ${type} disk that was built is not sound: ${errors.map((finding) => finding.code).join(', ')}.`,
    { context: { path: file.path } },
  );
}
