/** Text of the on-disk structures, without the platform's TextDecoder (absent from the ES library). */

/** Decodes one character a byte (ISO 8859-1); NULs are kept. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Encodes one byte a character. Throws `RangeError` for a character above U+00FF. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0xff) throw new RangeError(`character ${index} of "${text}" is outside ISO 8859-1`);
    bytes[index] = unit;
  }
  return bytes;
}

/** Decodes UTF-16BE; unpaired surrogates and NULs are kept, a last odd byte is dropped. */
export function decodeUtf16Be(bytes: Uint8Array): string {
  return decodeUtf16(bytes, 0);
}

/** Decodes UTF-16LE; unpaired surrogates and NULs are kept, a last odd byte is dropped. */
export function decodeUtf16Le(bytes: Uint8Array): string {
  return decodeUtf16(bytes, 1);
}

/** Encodes UTF-16BE without a byte order mark or terminator. */
export function encodeUtf16Be(text: string): Uint8Array {
  return encodeUtf16(text, 0);
}

/** Encodes UTF-16LE without a byte order mark or terminator. */
export function encodeUtf16Le(text: string): Uint8Array {
  return encodeUtf16(text, 1);
}

/** Decodes UTF-8; every byte that belongs to no well-formed sequence becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const sequence = decodeUtf8At(bytes, index);
    text += sequence === null ? '\ufffd' : String.fromCodePoint(sequence.codePoint);
    index += sequence === null ? 1 : sequence.lengthBytes;
  }
  return text;
}

/** Encodes UTF-8; an unpaired surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const scalar = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (scalar < 0x80) bytes.push(scalar);
    else if (scalar < 0x800) bytes.push(0xc0 | (scalar >> 6), continuation(scalar));
    else if (scalar < 0x10000)
      bytes.push(0xe0 | (scalar >> 12), continuation(scalar >> 6), continuation(scalar));
    else {
      bytes.push(
        0xf0 | (scalar >> 18),
        continuation(scalar >> 12),
        continuation(scalar >> 6),
        continuation(scalar),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/** The text up to its first NUL. */
export function trimAtNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Lower-case hexadecimal, two digits a byte, without separators. */
export function toHex(bytes: Uint8Array): string {
  // Joined, not appended: appending keeps an object of 32 bytes for each of the bytes.
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes of hexadecimal text (either case, spaces ignored), or null when it is not that. */
export function fromHex(text: string): Uint8Array | null {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return null;
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

function decodeUtf16(bytes: Uint8Array, highIndex: 0 | 1): string {
  const high = highIndex;
  const low = 1 - highIndex;
  let text = '';
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    text += String.fromCharCode(((bytes[index + high] ?? 0) << 8) | (bytes[index + low] ?? 0));
  }
  return text;
}

function encodeUtf16(text: string, highIndex: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[index * 2 + highIndex] = unit >> 8;
    bytes[index * 2 + (1 - highIndex)] = unit & 0xff;
  }
  return bytes;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

interface Utf8Sequence {
  readonly codePoint: number;
  readonly lengthBytes: number;
}

function decodeUtf8At(bytes: Uint8Array, index: number): Utf8Sequence | null {
  const lead = bytes[index] ?? 0;
  if (lead < 0x80) return { codePoint: lead, lengthBytes: 1 };
  const lengthBytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return null;
  let codePoint = lead & (0xff >> (lengthBytes + 1));
  for (let step = 1; step < lengthBytes; step += 1) {
    const byte = bytes[index + step];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return null;
    codePoint = codePoint * 64 + (byte & 0x3f);
  }
  // Over-long forms, surrogates and points past U+10FFFF are not UTF-8.
  const smallest = lengthBytes === 4 ? 0x10000 : lengthBytes === 3 ? 0x800 : 0x80;
  if (codePoint < smallest || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff))
    return null;
  return { codePoint, lengthBytes };
}
