import {
  DYNAMIC_HEADER_COOKIE,
  FOOTER_COOKIE,
  FOOTER_SIZE_BYTES,
  FORMAT_VERSION_1_0,
  POISONED_FOOTER_COOKIE,
  SHORT_FOOTER_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { decodeLatin1, encodeLatin1 } from '../../../src-shared/vhd/text';
import { onesComplementChecksum } from '../../../src-shared/vhd/checksum';
import { parseFooter, type ParsedFooter } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';

/** How far before the end of the file a displaced footer is looked for. */
const DISPLACED_SEARCH_BYTES = 1024 * 1024;

export interface LocatedFooter extends ParsedFooter {
  readonly structure: 'footer' | 'footerCopy';
  /** Byte offset in the file. */
  readonly offset: number;
  /** 512, or 511 as Virtual PC wrote before 2004; `bytes` always has 512. */
  readonly lengthBytes: 512 | 511;
  /** `end`: it ends where the file ends; `displaced`: bytes follow it; `start`: at offset 0. */
  readonly position: 'end' | 'displaced' | 'start';
}

export interface LocatedFooters {
  readonly footer: LocatedFooter | null;
  readonly footerCopy: LocatedFooter | null;
  readonly active: LocatedFooter | null;
}

/**
 * Finds the footer (last 512 or 511 bytes, or displaced by bytes after it) and its copy at offset 0, and says which
 * one decides (spec, "Hard Disk Footer Format": where the footer fails its checksum, the copy is used).
 * The end is asked first: a fixed disk's first sector is guest content, even where it looks like a footer (K§3 #16).
 */
export async function locateFooters(file: RandomAccessFile, fileSizeBytes: number): Promise<LocatedFooters> {
  const atEnd = await footerAtEnd(file, fileSizeBytes);
  if (atEnd && isCertainlyFixed(atEnd)) return { footer: atEnd, footerCopy: null, active: atEnd };
  const atStart = await footerAt(file, 0, FOOTER_SIZE_BYTES, 'footerCopy', 'start');
  // A copy never describes a fixed disk; there it would be guest content. The start is no copy where the end is the same bytes.
  const isCopy = atStart !== null && atStart.type !== 'fixed' && atEnd?.offset !== 0;
  const footerCopy = isCopy && isRecognised(atStart) ? atStart : null;
  const footer = atEnd ?? (await displacedFooter(file, fileSizeBytes));
  return { footer, footerCopy, active: chooseActive(footer, footerCopy) };
}

/** A sound fixed footer, or a damaged one that stands exactly where its size says. */
function isCertainlyFixed(footer: LocatedFooter): boolean {
  return (
    footer.type === 'fixed' && (footer.checksum.valid || footer.fields.currentSizeBytes === footer.offset)
  );
}

function chooseActive(footer: LocatedFooter | null, copy: LocatedFooter | null): LocatedFooter | null {
  // Guest data can hold a whole VHD: a displaced footer of another disk than the copy's is not this image's.
  const isForeign =
    footer?.position === 'displaced' &&
    copy?.checksum.valid === true &&
    footer.fields.uniqueId !== copy.fields.uniqueId;
  if (isForeign) return copy;
  const sound = [footer, copy].find((one) => one !== null && one.checksum.valid && one.cookieValid);
  const named = [footer, copy].find((one) => one !== null && one.cookieValid && one.type !== null);
  return sound ?? named ?? footer ?? copy;
}

async function footerAtEnd(file: RandomAccessFile, fileSizeBytes: number): Promise<LocatedFooter | null> {
  const whole = await footerAt(file, fileSizeBytes - FOOTER_SIZE_BYTES, FOOTER_SIZE_BYTES, 'footer', 'end');
  if (whole && isRecognised(whole)) return whole;
  const short = await footerAt(
    file,
    fileSizeBytes - SHORT_FOOTER_SIZE_BYTES,
    SHORT_FOOTER_SIZE_BYTES,
    'footer',
    'end',
  );
  return short && isRecognised(short) ? short : null;
}

async function footerAt(
  file: RandomAccessFile,
  offset: number,
  lengthBytes: 512 | 511,
  structure: LocatedFooter['structure'],
  position: LocatedFooter['position'],
): Promise<LocatedFooter | null> {
  const found = await readUpTo(file, offset, lengthBytes);
  if (found.length < lengthBytes) return null;
  const bytes = new Uint8Array(FOOTER_SIZE_BYTES);
  bytes.set(found);
  return { ...parseFooter(bytes), structure, offset, lengthBytes, position };
}

/** A footer by its cookie, or, with a damaged cookie, by everything else: so that damage is told from absence. */
function isRecognised(footer: ParsedFooter): boolean {
  const { fields } = footer;
  if (footer.cookieValid || fields.cookie === POISONED_FOOTER_COOKIE) return true;
  if (footer.type === null || fields.fileFormatVersion !== FORMAT_VERSION_1_0) return false;
  const mended = Uint8Array.from(footer.bytes);
  mended.set(encodeLatin1(FOOTER_COOKIE), 0);
  const checksumFits = onesComplementChecksum(mended, 64) === footer.checksum.stored || footer.checksum.valid;
  return checksumFits || hasPlausibleFields(footer);
}

function hasPlausibleFields({ fields }: ParsedFooter): boolean {
  const { currentSizeBytes, dataOffset } = fields;
  return (
    (fields.features === 2 || fields.features === 3) &&
    currentSizeBytes !== null &&
    Number.isSafeInteger(currentSizeBytes) &&
    (dataOffset === null || Number.isSafeInteger(dataOffset))
  );
}

/**
 * Whether a sound footer away from the end belongs to this file and not to a VHD that lies inside a raw disk: a fixed
 * one stands right behind its data, the others name a dynamic disk header that is there.
 */
async function isOfThisFile(file: RandomAccessFile, footer: LocatedFooter): Promise<boolean> {
  const { type, fields } = footer;
  if (!footer.checksum.valid || type === null) return false;
  if (type === 'fixed') return fields.currentSizeBytes === footer.offset;
  const { dataOffset } = fields;
  if (dataOffset === null || !Number.isSafeInteger(dataOffset)) return false;
  const cookie = await readUpTo(file, dataOffset, DYNAMIC_HEADER_COOKIE.length);
  return decodeLatin1(cookie) === DYNAMIC_HEADER_COOKIE;
}

/** The last sound footer of this file in the final MiB that is not at the very end: bytes were appended behind it (K§3 #11, #12). */
async function displacedFooter(file: RandomAccessFile, fileSizeBytes: number): Promise<LocatedFooter | null> {
  const start = Math.max(0, fileSizeBytes - DISPLACED_SEARCH_BYTES);
  const tail = Buffer.from(await readUpTo(file, start, fileSizeBytes - start));
  let at = tail.lastIndexOf(FOOTER_COOKIE, undefined, 'latin1');
  while (at >= 0) {
    const offset = start + at;
    // offset 0 is the copy's place: a dynamic image cut down to its first sectors has no displaced footer there
    if (at + FOOTER_SIZE_BYTES <= tail.length && offset > 0) {
      const candidate = await footerAt(file, offset, FOOTER_SIZE_BYTES, 'footer', 'displaced');
      if (candidate && (await isOfThisFile(file, candidate))) return candidate;
    }
    at = at > 0 ? tail.lastIndexOf(FOOTER_COOKIE, at - 1, 'latin1') : -1;
  }
  return null;
}
