/**
 * Builds VHD images byte by byte from the specification, sound or damaged in any wanted way. Shares no code with the
 * engine or with src-shared/vhd, so that a mistake there cannot hide here.
 */
import fs from 'node:fs';
import { SparseMemoryFile } from './fake-files';
import {
  ALL_ONES,
  ascii,
  checksumOf,
  chsOf,
  footerBytes,
  idBytes,
  nextId,
  SECTOR,
  type FooterKnobs,
} from './footer-bytes';

export { checksumOf, footerBytes, nextId, type FooterKnobs } from './footer-bytes';

export type BuiltType = 'fixed' | 'dynamic' | 'differencing';

export interface LocatorKnobs {
  /** Four characters: `W2ru`, `MacX`. */
  platform: string;
  /** Encoded as the platform has it, or bytes as they are. */
  data: string | Uint8Array;
  /** How the data space is stored. Default `bytes`. */
  spaceUnit?: 'bytes' | 'sectors';
  /** Stored instead of what is right. */
  space?: number;
  length?: number;
  offset?: bigint;
  /** Entry number; the next free one unless given. */
  slot?: number;
}

/** Fields of a dynamic disk header as they are to be stored. */
export interface HeaderKnobs {
  cookie?: string;
  dataOffset?: bigint;
  tableOffset?: bigint;
  version?: number;
  maxTableEntries?: number;
  blockSize?: number;
  parentId?: string;
  parentTimestamp?: number;
  parentName?: string;
  checksum?: number;
}

export interface BlockKnobs {
  /** Block number in the guest. */
  index: number;
  /** Data; short arrays are followed by zeros; a number fills the block. Default: a pattern of `index`. */
  data?: Uint8Array | number;
  /** `ones` (default), `zeros`, the set sectors, or the bitmap's bytes. */
  bitmap?: 'ones' | 'zeros' | readonly number[] | Uint8Array;
  /** Bytes left free before the bitmap. */
  gapBytes?: number;
  /** Keep the block out of the BAT (an orphan). */
  unreferenced?: boolean;
  /** Stored bytes of the data part; fewer than the block size makes a short (last) block. */
  storedBytes?: number;
}

export interface VhdKnobs {
  type: BuiltType;
  /** Current size in bytes; any number, odd ones too. */
  sizeBytes: number;
  /** Default 2 MiB. */
  blockSizeBytes?: number;
  /** In file order. */
  blocks?: readonly BlockKnobs[];
  /** Guest content of a fixed disk; short arrays are followed by zeros. */
  data?: Uint8Array;
  /** Bytes of a fixed disk's data area; default the size. */
  dataAreaBytes?: number;
  footer?: FooterKnobs;
  /** Footer at the end: 512 (default) or 511 bytes, or none. */
  footerForm?: 512 | 511 | 'absent';
  /** Overrides on top of `footer`; null leaves 512 zeros at offset 0. */
  footerCopy?: FooterKnobs | null;
  header?: HeaderKnobs;
  headerOffset?: number;
  batOffset?: number;
  /** BAT entries written beyond (or short of, where negative) what the size needs. */
  extraEntries?: number;
  /** Entries stored instead of the right ones: index -> sector. */
  batOverrides?: Readonly<Record<number, number>>;
  /** Bytes that pad the BAT to a sector. Default 0xff. */
  batPadByte?: number;
  locators?: readonly LocatorKnobs[];
  /** Where the locators' data goes; default behind the BAT. */
  locatorsOffset?: number;
  /** Adds blktap's batmap behind the BAT, full blocks marked; `invalid` with a wrong checksum. */
  batmap?: 'valid' | 'invalid';
  /** Sectors of the batmap's map; as many as the entries need unless given. */
  batmapSectors?: number;
  /** Room between the metadata and the first block. */
  slackBytes?: number;
  /** Bytes put behind the footer. */
  trailing?: Uint8Array;
  /** Zeros between the last block and the footer. */
  gapBeforeFooterBytes?: number;
  /** Bytes laid over the finished image. */
  patches?: readonly { offset: number; bytes: Uint8Array }[];
  /** The file is cut to this length at the very end. */
  truncateTo?: number;
}

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A finished image, held as pieces: an image of 2 TiB costs no more than what is in it. */
export class BuiltVhd {
  readonly fileSizeBytes: number;
  readonly headerOffset: number;
  readonly batOffset: number;
  /** Where the footer at the end begins; -1 without one. */
  readonly footerOffset: number;
  /** Block number -> byte offset of its bitmap. */
  readonly bitmapOffsets: ReadonlyMap<number, number>;
  readonly bitmapBytes: number;
  readonly uniqueId: string;
  readonly #pieces: readonly Piece[];

  constructor(
    facts: Pick<
      BuiltVhd,
      | 'fileSizeBytes'
      | 'headerOffset'
      | 'batOffset'
      | 'footerOffset'
      | 'bitmapOffsets'
      | 'bitmapBytes'
      | 'uniqueId'
    >,
    pieces: readonly Piece[],
  ) {
    this.fileSizeBytes = facts.fileSizeBytes;
    this.headerOffset = facts.headerOffset;
    this.batOffset = facts.batOffset;
    this.footerOffset = facts.footerOffset;
    this.bitmapOffsets = facts.bitmapOffsets;
    this.bitmapBytes = facts.bitmapBytes;
    this.uniqueId = facts.uniqueId;
    this.#pieces = pieces;
  }

  /** Byte offset of a block's data. */
  dataOffset(blockIndex: number): number {
    const bitmap = this.bitmapOffsets.get(blockIndex);
    if (bitmap === undefined) throw new Error(`block ${blockIndex} was not built`);
    return bitmap + this.bitmapBytes;
  }

  /** The whole file. Only for small images. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.fileSizeBytes);
    for (const piece of this.#pieces) {
      if (piece.offset < bytes.length) {
        bytes.set(piece.bytes.subarray(0, bytes.length - piece.offset), piece.offset);
      }
    }
    return bytes;
  }

  async file(path = 'built.vhd', writable = true): Promise<SparseMemoryFile> {
    const file = new SparseMemoryFile(0, path, writable);
    for (const piece of this.#pieces) await file.writeAt(piece.bytes, piece.offset);
    await file.setSize(this.fileSizeBytes);
    return file;
  }

  /** Writes the image to disk, with holes. */
  writeTo(path: string): string {
    const fd = fs.openSync(path, 'w');
    try {
      for (const piece of this.#pieces) {
        if (piece.bytes.length > 0) fs.writeSync(fd, piece.bytes, 0, piece.bytes.length, piece.offset);
      }
      fs.ftruncateSync(fd, this.fileSizeBytes);
    } finally {
      fs.closeSync(fd);
    }
    return path;
  }
}

/** What a block without given data holds: every sector different, no byte zero. */
export function patternBlock(index: number, bytes: number): Uint8Array {
  const data = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 1)
    data[at] = 1 + ((index * 31 + Math.floor(at / SECTOR) * 7 + at) % 251);
  return data;
}

export function buildVhd(knobs: VhdKnobs): BuiltVhd {
  return knobs.type === 'fixed' ? buildFixed(knobs) : buildSparse(knobs);
}

function buildFixed(knobs: VhdKnobs): BuiltVhd {
  const areaBytes = knobs.dataAreaBytes ?? knobs.sizeBytes;
  const uniqueId = knobs.footer?.uniqueId ?? nextId();
  const footer = footerBytes({ ...footerDefaults(knobs, ALL_ONES, 2), uniqueId, ...knobs.footer });
  const pieces: Piece[] = [{ offset: 0, bytes: (knobs.data ?? new Uint8Array(0)).subarray(0, areaBytes) }];
  return finish(knobs, pieces, areaBytes, footer, {
    headerOffset: -1,
    batOffset: -1,
    bitmapOffsets: new Map(),
    bitmapBytes: 0,
    uniqueId,
  });
}

function buildSparse(knobs: VhdKnobs): BuiltVhd {
  const blockBytes = knobs.blockSizeBytes ?? 2 * 1024 * 1024;
  const headerOffset = knobs.headerOffset ?? SECTOR;
  const batOffset = knobs.batOffset ?? headerOffset + 1024;
  const needed = Math.ceil(knobs.sizeBytes / blockBytes);
  const entries = Math.max(0, needed + (knobs.extraEntries ?? 0));
  const batBytes = roundUp(entries * 4);
  const bitmapBytes = roundUp(Math.ceil(Math.ceil(blockBytes / SECTOR) / 8));
  const uniqueId = knobs.footer?.uniqueId ?? nextId();
  const diskType = knobs.type === 'dynamic' ? 3 : 4;
  const footerFields = {
    ...footerDefaults(knobs, BigInt(headerOffset), diskType),
    uniqueId,
    ...knobs.footer,
  };
  const pieces: Piece[] = [];

  let end = Math.max(headerOffset + 1024, batOffset + batBytes);
  const batmapOffset = end;
  const batmapBits = new Uint8Array(
    (knobs.batmapSectors ?? roundUp(Math.ceil(entries / 8)) / SECTOR) * SECTOR,
  );
  if (knobs.batmap) end = batmapOffset + SECTOR + batmapBits.length;
  const locators = placeLocators(knobs, knobs.locatorsOffset ?? end, pieces);
  end = Math.max(end, locators.end) + (knobs.slackBytes ?? 0);

  const bat = new DataView(new ArrayBuffer(batBytes));
  for (let at = 0; at < batBytes; at += 1)
    bat.setUint8(at, at < entries * 4 ? 0xff : (knobs.batPadByte ?? 0xff));
  const bitmapOffsets = new Map<number, number>();
  for (const block of knobs.blocks ?? []) {
    end += block.gapBytes ?? 0;
    const bitmap = bitmapOf(block, blockBytes, bitmapBytes);
    const stored = block.storedBytes ?? blockBytes;
    pieces.push(
      { offset: end, bytes: bitmap },
      { offset: end + bitmapBytes, bytes: dataOf(block, blockBytes, stored) },
    );
    bitmapOffsets.set(block.index, end);
    if (!block.unreferenced && block.index < entries) bat.setUint32(block.index * 4, end / SECTOR);
    if (isFull(bitmap, blockBytes)) setBit(batmapBits, block.index);
    end += bitmapBytes + stored;
  }
  for (const [index, sector] of Object.entries(knobs.batOverrides ?? {}))
    bat.setUint32(Number(index) * 4, sector);

  pieces.push({
    offset: headerOffset,
    bytes: headerBytes(knobs, batOffset, entries, blockBytes, locators.entries),
  });
  pieces.push({ offset: batOffset, bytes: new Uint8Array(bat.buffer) });
  if (knobs.batmap) pieces.push(...batmapPieces(knobs.batmap, batmapOffset, batmapBits));
  if (knobs.footerCopy !== null) {
    pieces.push({ offset: 0, bytes: footerBytes({ ...footerFields, ...knobs.footerCopy }) });
  }
  end += knobs.gapBeforeFooterBytes ?? 0;
  const facts = { headerOffset, batOffset, bitmapOffsets, bitmapBytes, uniqueId };
  return finish(knobs, pieces, end, footerBytes(footerFields), facts);
}

function finish(
  knobs: VhdKnobs,
  pieces: Piece[],
  end: number,
  footer: Uint8Array,
  facts: Pick<BuiltVhd, 'headerOffset' | 'batOffset' | 'bitmapOffsets' | 'bitmapBytes' | 'uniqueId'>,
): BuiltVhd {
  const form = knobs.footerForm ?? 512;
  let fileSizeBytes = end;
  if (form !== 'absent') {
    pieces.push({ offset: end, bytes: footer.subarray(0, form) });
    fileSizeBytes += form;
  }
  if (knobs.trailing) {
    pieces.push({ offset: fileSizeBytes, bytes: knobs.trailing });
    fileSizeBytes += knobs.trailing.length;
  }
  for (const { offset, bytes } of knobs.patches ?? []) {
    pieces.push({ offset, bytes });
    fileSizeBytes = Math.max(fileSizeBytes, offset + bytes.length);
  }
  if (knobs.truncateTo !== undefined) fileSizeBytes = Math.min(fileSizeBytes, knobs.truncateTo);
  return new BuiltVhd({ ...facts, fileSizeBytes, footerOffset: form === 'absent' ? -1 : end }, pieces);
}

function footerDefaults(knobs: VhdKnobs, dataOffset: bigint, diskType: number): FooterKnobs {
  return {
    dataOffset,
    diskType,
    currentSize: BigInt(knobs.sizeBytes),
    originalSize: BigInt(knobs.sizeBytes),
    geometry: chsOf(knobs.sizeBytes),
  };
}

function headerBytes(
  knobs: VhdKnobs,
  batOffset: number,
  entries: number,
  blockBytes: number,
  locatorEntries: Uint8Array,
): Uint8Array {
  const fields = knobs.header ?? {};
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  ascii(bytes, 0, fields.cookie ?? 'cxsparse');
  view.setBigUint64(8, fields.dataOffset ?? ALL_ONES);
  view.setBigUint64(16, fields.tableOffset ?? BigInt(batOffset));
  view.setUint32(24, fields.version ?? 0x10000);
  view.setUint32(28, fields.maxTableEntries ?? entries);
  view.setUint32(32, fields.blockSize ?? blockBytes);
  if (fields.parentId) bytes.set(idBytes(fields.parentId), 40);
  view.setUint32(56, fields.parentTimestamp ?? 0);
  const name = fields.parentName ?? '';
  for (let at = 0; at < Math.min(256, name.length); at += 1) view.setUint16(64 + at * 2, name.charCodeAt(at));
  bytes.set(locatorEntries, 576);
  view.setUint32(36, fields.checksum ?? checksumOf(bytes, 36));
  return bytes;
}

function placeLocators(
  knobs: VhdKnobs,
  start: number,
  pieces: Piece[],
): { entries: Uint8Array; end: number } {
  const entries = new Uint8Array(8 * 24);
  const view = new DataView(entries.buffer);
  let end = start;
  let next = 0;
  for (const locator of knobs.locators ?? []) {
    const slot = locator.slot ?? next;
    next = slot + 1;
    const data =
      typeof locator.data === 'string' ? locatorText(locator.platform, locator.data) : locator.data;
    const spaceBytes = roundUp(Math.max(1, data.length));
    ascii(entries, slot * 24, locator.platform);
    const space = locator.spaceUnit === 'sectors' ? spaceBytes / SECTOR : spaceBytes;
    view.setUint32(slot * 24 + 4, locator.space ?? space);
    view.setUint32(slot * 24 + 8, locator.length ?? data.length);
    view.setBigUint64(slot * 24 + 16, locator.offset ?? BigInt(end));
    pieces.push({ offset: end, bytes: data });
    end += spaceBytes;
  }
  return { entries, end };
}

/** Little-endian UTF-16 for W2ru and W2ku, UTF-8 for MacX, one byte a character for the rest. */
function locatorText(platform: string, text: string): Uint8Array {
  if (platform.startsWith('W2')) return Uint8Array.from(Buffer.from(text, 'utf16le'));
  return Uint8Array.from(Buffer.from(text, platform === 'MacX' ? 'utf8' : 'latin1'));
}

function bitmapOf(block: BlockKnobs, blockBytes: number, bitmapBytes: number): Uint8Array {
  const bitmap = new Uint8Array(bitmapBytes);
  const wanted = block.bitmap ?? 'ones';
  if (wanted instanceof Uint8Array) bitmap.set(wanted);
  else if (wanted === 'ones') for (let at = 0; at < blockBytes / SECTOR; at += 1) setBit(bitmap, at);
  else if (wanted !== 'zeros') for (const sector of wanted) setBit(bitmap, sector);
  return bitmap;
}

function dataOf(block: BlockKnobs, blockBytes: number, storedBytes: number): Uint8Array {
  const { data } = block;
  if (typeof data === 'number') return new Uint8Array(storedBytes).fill(data);
  const bytes = new Uint8Array(storedBytes);
  bytes.set((data ?? patternBlock(block.index, blockBytes)).subarray(0, storedBytes));
  return bytes;
}

function batmapPieces(form: 'valid' | 'invalid', offset: number, bits: Uint8Array): Piece[] {
  const header = new Uint8Array(SECTOR);
  const view = new DataView(header.buffer);
  ascii(header, 0, 'tdbatmap');
  view.setBigUint64(8, BigInt(offset + SECTOR));
  view.setUint32(16, bits.length / SECTOR);
  view.setUint32(20, 0x0001_0002);
  let sum = 0;
  for (const byte of bits) sum += byte;
  view.setUint32(24, form === 'valid' ? ~sum >>> 0 : (~sum >>> 0) ^ 1);
  return [
    { offset, bytes: header },
    { offset: offset + SECTOR, bytes: bits },
  ];
}

function isFull(bitmap: Uint8Array, blockBytes: number): boolean {
  for (let at = 0; at < blockBytes / SECTOR; at += 1) {
    if (((bitmap[Math.floor(at / 8)] ?? 0) & (128 >> (at % 8))) === 0) return false;
  }
  return true;
}

function setBit(bits: Uint8Array, at: number): void {
  const byte = Math.floor(at / 8);
  bits[byte] = (bits[byte] ?? 0) | (128 >> (at % 8));
}

const roundUp = (bytes: number): number => Math.ceil(bytes / SECTOR) * SECTOR;
