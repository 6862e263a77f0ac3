import { fromHex, toHex } from './text';

/** Bytes of a unique id. */
export const UUID_SIZE_BYTES = 16;
/** The id of 16 zero bytes: no parent, or (old QEMU, Bochs) an image that was never given one. */
export const NULL_UUID = '00000000-0000-0000-0000-000000000000';

/**
 * Formats 16 bytes as a lower-case `8-4-4-4-12` id. VHD ids are in RFC 4122 byte order, not the mixed order of
 * Microsoft's GUID structures (libvhdi, DiscUtils). Throws `RangeError` when there are not 16 bytes.
 */
export function formatUuid(bytes: Uint8Array): string {
  if (bytes.length !== UUID_SIZE_BYTES) throw new RangeError(`an id has 16 bytes, not ${bytes.length}`);
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The 16 bytes of an id (either case, with or without hyphens and braces), or null when it is none. */
export function parseUuid(text: string): Uint8Array | null {
  const match = /^(\{?)([0-9a-f]{8}(-?)[0-9a-f]{4}\3[0-9a-f]{4}\3[0-9a-f]{4}\3[0-9a-f]{12})(\}?)$/i.exec(
    text.trim(),
  );
  if (match === null || (match[1] === '') !== (match[4] === '')) return null;
  return fromHex((match[2] ?? '').replace(/-/g, ''));
}
