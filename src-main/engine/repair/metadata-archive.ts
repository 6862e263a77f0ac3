/**
 * Every metadata structure of an image in one file that any program can open: a tar archive (POSIX ustar) with the raw
 * bytes of each structure, and `manifest.json`, which says where each lay and what its SHA-256 is.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import {
  BAT_UNUSED,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { BatAnalysis } from '../check/bat-analysis';
import { gatherFacts } from '../check/image-facts';
import { readMetadata } from '../disk/metadata';
import type { OperationContext } from '../disk/virtual-disk';
import type { BatEntries } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';
import { PhaseProgress } from '../ops/operation';
import { chunksOf, type ByteRange } from './range-set';
import { hashMetadata } from './state-hash';
import { TarWriter } from './tar-writer';

const CHUNK_BYTES = 1 << 20;
/** What lies behind the footer, or in its place, is kept up to this. */
const TAIL_BYTES_MAX = 16 * 1024 * 1024;

interface Part {
  readonly name: string;
  readonly structure: string;
  /** Where its bytes lie in the image; several for the sector bitmaps, in the order of the blocks. Gone through twice. */
  readonly ranges: Iterable<ByteRange>;
}

/** A part, and what going through its ranges once has told. */
interface MeasuredPart extends Part {
  readonly count: number;
  readonly firstOffset: number;
  readonly lengthBytes: number;
}

/** Writes the archive from the start of `output` and reads it back. @throws AppError `verify-failed`, `cancelled`. */
export async function writeMetadataArchive(
  image: RandomAccessFile,
  output: RandomAccessFile,
  context: OperationContext,
): Promise<void> {
  const parts = await partsOf(image);
  const totalBytes = parts.reduce((sum, part) => sum + part.lengthBytes, 0);
  const progress = new PhaseProgress(context, 'backup', totalBytes);
  const writer = new TarWriter(output);
  const described: object[] = [];
  for (const part of parts) {
    const hash = createHash('sha256');
    await writer.add(part.name, part.lengthBytes, bytesOf(image, part), (bytes) => {
      hash.update(bytes);
      progress.advance(bytes.length);
    });
    described.push({
      file: part.name,
      structure: part.structure,
      ...(part.count === 1
        ? { offset: part.firstOffset }
        : { count: part.count, order: 'by block, as the BAT has them' }),
      lengthBytes: part.lengthBytes,
      sha256: hash.digest('hex'),
    });
  }
  const manifest = {
    format: 'platter-metadata',
    version: 1,
    image: path.basename(image.path),
    fileSizeBytes: await image.size(),
    metadataSha256: await hashMetadata(image),
    createdAt: new Date().toISOString(),
    about:
      'The metadata of a VHD image as it was, byte for byte. "offset" is where each file of this archive lay in the image.',
    structures: described,
  };
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await writer.add('manifest.json', text.length, [text]);
  await writer.finish();
  await output.flush();
  await requireSame(output, writer.digest());
}

/** The bytes of the part in its order, as many at once as there is room for. Each piece is gone when the next is asked for. */
async function* bytesOf(image: RandomAccessFile, { ranges }: Part): AsyncGenerator<Uint8Array> {
  const room = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  for (const { start, end } of chunksOf(ranges)) {
    const length = end - start;
    if (filled + length > room.length) {
      yield room.subarray(0, filled);
      filled = 0;
    }
    if ((await image.readAt(room.subarray(filled, filled + length), start)) < length)
      throw new AppError('file-changed', `"${image.path}" became shorter.`);
    filled += length;
  }
  yield room.subarray(0, filled);
}

function measure(part: Part): MeasuredPart {
  let count = 0;
  let firstOffset = 0;
  let lengthBytes = 0;
  for (const { start, end } of part.ranges) {
    if (count === 0) firstOffset = start;
    count += 1;
    lengthBytes += end - start;
  }
  return { ...part, count, firstOffset, lengthBytes };
}

/** Parts of the ranges that lie in the first `sizeBytes` of the file; a table can name millions. */
function clipped(ranges: Iterable<ByteRange>, sizeBytes: number): Iterable<ByteRange> {
  return {
    *[Symbol.iterator]() {
      for (const range of ranges) {
        const start = Math.max(0, range.start);
        const end = Math.min(range.end, sizeBytes);
        if (end > start) yield { start, end };
      }
    },
  };
}

/** The sector bitmaps of all blocks, in the order of the blocks. */
function bitmapRanges(entries: BatEntries, bitmapBytes: number): Iterable<ByteRange> {
  return {
    *[Symbol.iterator]() {
      for (const part of entries.usedParts()) {
        for (const sector of part.entries) {
          const start = sector * SECTOR_SIZE_BYTES;
          if (sector !== BAT_UNUSED) yield { start, end: start + bitmapBytes };
        }
      }
    },
  };
}

async function partsOf(image: RandomAccessFile): Promise<readonly MeasuredPart[]> {
  const metadata = await readMetadata(image);
  const facts = await gatherFacts(image, metadata);
  const { fileSizeBytes, footer, header } = metadata;
  const parts: MeasuredPart[] = [];
  const add = (name: string, structure: string, ranges: Iterable<ByteRange>): void => {
    const part = measure({ name, structure, ranges: clipped(ranges, fileSizeBytes) });
    if (part.count > 0) parts.push(part);
  };
  // the first sector whatever it holds: where a copy belongs, what stands there instead is worth keeping, too
  if (metadata.type !== 'fixed') add('footer-copy.bin', 'footerCopy', [{ start: 0, end: FOOTER_SIZE_BYTES }]);
  if (header)
    add('dynamic-header.bin', 'dynamicHeader', [
      { start: header.offset, end: header.offset + DYNAMIC_HEADER_SIZE_BYTES },
    ]);
  if (metadata.bat) {
    const { offset, entries } = metadata.bat;
    const end = offset + Math.ceil((entries.length * 4) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
    add('bat.bin', 'bat', [{ start: offset, end }]);
  }
  for (const area of facts.metadataAreas) {
    const range = { start: area.offset, end: area.end };
    if (area.structure === 'batmap') add('batmap.bin', 'batmap', [range]);
    if (area.structure === 'parentLocator') add(`parent-locator-${area.index}.bin`, 'parentLocator', [range]);
  }
  if (metadata.bat && facts.blockSizeBytes !== null) {
    const { entries } = new BatAnalysis(metadata, facts);
    add('sector-bitmaps.bin', 'sectorBitmap', bitmapRanges(entries, facts.bitmapBytes));
  }
  const tail = footer?.offset ?? fileSizeBytes - FOOTER_SIZE_BYTES;
  add('footer.bin', 'footer', [{ start: tail, end: Math.min(fileSizeBytes, tail + TAIL_BYTES_MAX) }]);
  return parts;
}

async function requireSame(output: RandomAccessFile, digest: string): Promise<void> {
  const hash = createHash('sha256');
  const size = await output.size();
  for (let at = 0; at < size; at += CHUNK_BYTES) hash.update(await readUpTo(output, at, CHUNK_BYTES));
  if (hash.digest('hex') === digest) return;
  throw new AppError('verify-failed', `"${output.path}" does not hold what was written to it.`, {
    context: { path: output.path },
    unchanged: 'The image was not changed.',
  });
}
