/** The footer and the small arithmetic of the test builder: written from the specification, sharing nothing with the product. */
export const SECTOR = 512;
export const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Fields of a footer as they are to be stored. A checksum given is stored as it is. */
export interface FooterKnobs {
  cookie?: string;
  features?: number;
  version?: number;
  dataOffset?: bigint;
  /** Seconds since 2000-01-01. */
  timestamp?: number;
  creator?: string;
  creatorVersion?: number;
  hostOs?: string;
  originalSize?: bigint;
  currentSize?: bigint;
  /** Cylinders, heads, sectors per track. */
  geometry?: readonly [number, number, number];
  diskType?: number;
  uniqueId?: string;
  savedState?: number;
  hidden?: number;
  /** Bytes laid over the 427 reserved ones, from offset 85. */
  reserved?: Uint8Array;
  checksum?: number;
}

let idCounter = 0;
/** A new id, different at every call in this process. */
export function nextId(): string {
  idCounter += 1;
  return `0b111de5-0000-4000-8000-${idCounter.toString(16).padStart(12, '0')}`;
}

/** 512 bytes of a footer. */
export function footerBytes(fields: FooterKnobs): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  ascii(bytes, 0, fields.cookie ?? 'conectix');
  view.setUint32(8, fields.features ?? 2);
  view.setUint32(12, fields.version ?? 0x10000);
  view.setBigUint64(16, fields.dataOffset ?? ALL_ONES);
  view.setUint32(24, fields.timestamp ?? 800_000_000);
  ascii(bytes, 28, fields.creator ?? 'win ');
  view.setUint32(32, fields.creatorVersion ?? 0x000a0000);
  ascii(bytes, 36, fields.hostOs ?? 'Wi2k');
  view.setBigUint64(40, fields.originalSize ?? 0n);
  view.setBigUint64(48, fields.currentSize ?? 0n);
  const [cylinders, heads, sectors] = fields.geometry ?? [0, 0, 0];
  view.setUint16(56, cylinders);
  view.setUint8(58, heads);
  view.setUint8(59, sectors);
  view.setUint32(60, fields.diskType ?? 3);
  bytes.set(idBytes(fields.uniqueId ?? nextId()), 68);
  view.setUint8(84, fields.savedState ?? 0);
  view.setUint8(85, fields.hidden ?? 0);
  if (fields.reserved) bytes.set(fields.reserved, 85);
  view.setUint32(64, fields.checksum ?? checksumOf(bytes, 64));
  return bytes;
}

/** Sum of all bytes but the four of the checksum, inverted. */
export function checksumOf(bytes: Uint8Array, fieldOffset: number): number {
  let sum = 0;
  for (const [at, byte] of bytes.entries()) if (at < fieldOffset || at > fieldOffset + 3) sum += byte;
  return (0xffff_ffff - (sum % 0x1_0000_0000)) >>> 0;
}

/** The specification's appendix, written out as it stands there. */
export function chsOf(sizeBytes: number): [number, number, number] {
  let total = Math.floor(sizeBytes / SECTOR);
  if (total > 65535 * 16 * 255) total = 65535 * 16 * 255;
  let sectors: number;
  let heads: number;
  let cylinderTimesHeads: number;
  if (total >= 65535 * 16 * 63) {
    sectors = 255;
    heads = 16;
    cylinderTimesHeads = Math.floor(total / sectors);
  } else {
    sectors = 17;
    cylinderTimesHeads = Math.floor(total / sectors);
    heads = Math.floor((cylinderTimesHeads + 1023) / 1024);
    if (heads < 4) heads = 4;
    if (cylinderTimesHeads >= heads * 1024 || heads > 16) {
      sectors = 31;
      heads = 16;
      cylinderTimesHeads = Math.floor(total / sectors);
    }
    if (cylinderTimesHeads >= heads * 1024) {
      sectors = 63;
      heads = 16;
      cylinderTimesHeads = Math.floor(total / sectors);
    }
  }
  return [Math.floor(cylinderTimesHeads / heads), heads, sectors];
}

export function idBytes(id: string): Uint8Array {
  return Uint8Array.from(Buffer.from(id.replaceAll('-', ''), 'hex'));
}

export function ascii(bytes: Uint8Array, offset: number, text: string): void {
  for (let at = 0; at < text.length; at += 1) bytes[offset + at] = text.charCodeAt(at);
}
