/**
 * Every metadata structure of an image in one file that any program can open: a tar archive (POSIX ustar) with the raw
 * bytes of each structure, and `manifest.json`, which says where each lay and what its SHA-256 is.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import {
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { BatAnalysis } from '../check/bat-analysis';
import { gatherFacts } from '../check/image-facts';
import { readMetadata } from '../disk/metadata';
import type { OperationContext } from '../disk/virtual-disk';
import { readUpTo, type RandomAccessFile } from '../io';
import { PhaseProgress } from '../ops/operation';
import { chunksOf, type ByteRange } from './range-set';
import { hashMetadata } from './state-hash';

const CHUNK_BYTES = 1 << 20;
/** What lies behind the footer, or in its place, is kept up to this. */
const TAIL_BYTES_MAX = 16 * 1024 * 1024;

interface Part {
  readonly name: string;
  readonly structure: string;
  /** Where its bytes lie in the image; several for the sector bitmaps, in the order of the blocks. */
  readonly ranges: readonly ByteRange[];
}

/** Writes the archive from the start of `output` and reads it back. @throws AppError `verify-failed`, `cancelled`. */
export async function writeMetadataArchive(
  image: RandomAccessFile,
  output: RandomAccessFile,
  context: OperationContext,
): Promise<void> {
  const parts = await partsOf(image);
  const totalBytes = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const progress = new PhaseProgress(context, 'backup', totalBytes);
  const writer = new TarWriter(output);
  const described: object[] = [];
  for (const part of parts) {
    const hash = createHash('sha256');
    await writer.add(part.name, lengthOf(part), bytesOf(image, part), (bytes) => {
      hash.update(bytes);
      progress.advance(bytes.length);
    });
    const [first] = part.ranges;
    described.push({
      file: part.name,
      structure: part.structure,
      ...(part.ranges.length === 1
        ? { offset: first?.start }
        : { count: part.ranges.length, order: 'by block, as the BAT has them' }),
      lengthBytes: lengthOf(part),
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

const lengthOf = ({ ranges }: Part): number =>
  ranges.reduce((sum, range) => sum + range.end - range.start, 0);

async function* bytesOf(image: RandomAccessFile, { ranges }: Part): AsyncGenerator<Uint8Array> {
  for (const { start, end } of chunksOf(ranges)) {
    const bytes = await readUpTo(image, start, end - start);
    if (bytes.length < end - start) throw new AppError('file-changed', `"${image.path}" became shorter.`);
    yield bytes;
  }
}

async function partsOf(image: RandomAccessFile): Promise<readonly Part[]> {
  const metadata = await readMetadata(image);
  const facts = await gatherFacts(image, metadata);
  const { fileSizeBytes, footer, header } = metadata;
  const parts: Part[] = [];
  const add = (name: string, structure: string, ranges: readonly ByteRange[]): void => {
    const inside = ranges
      .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(end, fileSizeBytes) }))
      .filter(({ start, end }) => end > start);
    if (inside.length > 0) parts.push({ name, structure, ranges: inside });
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
    const bat = new BatAnalysis(metadata, facts);
    const bitmaps: ByteRange[] = [];
    for (let index = 0; index < bat.entries.length; index += 1) {
      const start = bat.offsetAt(index);
      if (start !== null && start < fileSizeBytes) bitmaps.push({ start, end: start + facts.bitmapBytes });
    }
    add('sector-bitmaps.bin', 'sectorBitmap', bitmaps);
  }
  const tail = footer?.offset ?? fileSizeBytes - FOOTER_SIZE_BYTES;
  add('footer.bin', 'footer', [{ start: tail, end: Math.min(fileSizeBytes, tail + TAIL_BYTES_MAX) }]);
  return parts;
}

class TarWriter {
  readonly #output: RandomAccessFile;
  readonly #hash = createHash('sha256');
  #position = 0;

  constructor(output: RandomAccessFile) {
    this.#output = output;
  }

  async add(
    name: string,
    length: number,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    seen?: (bytes: Uint8Array) => void,
  ): Promise<void> {
    await this.#write(tarHeader(name, length));
    for await (const bytes of chunks) {
      await this.#write(bytes);
      seen?.(bytes);
    }
    await this.#write(new Uint8Array((SECTOR_SIZE_BYTES - (length % SECTOR_SIZE_BYTES)) % SECTOR_SIZE_BYTES));
  }

  /** Two empty records end an archive. */
  finish(): Promise<void> {
    return this.#write(new Uint8Array(2 * SECTOR_SIZE_BYTES));
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#output.writeAt(bytes, this.#position);
    this.#hash.update(bytes);
    this.#position += bytes.length;
  }
}

/** One record of POSIX ustar; numbers are octal text. */
function tarHeader(name: string, length: number): Uint8Array {
  const bytes = Buffer.alloc(SECTOR_SIZE_BYTES);
  const octal = (value: number, offset: number, digits: number): void => {
    bytes.write(`${value.toString(8).padStart(digits, '0')}\0`, offset, 'latin1');
  };
  bytes.write(name, 0, 'latin1');
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(length, 124, 11);
  octal(Math.floor(Date.now() / 1000), 136, 11);
  bytes.fill(' ', 148, 156);
  bytes.write('0', 156, 'latin1');
  bytes.write('ustar\0' + '00', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
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
