import { SECTOR_SIZE_BYTES } from './constants';
import { trimCode } from './names';
import { decodeLatin1, decodeUtf16Le, decodeUtf8, encodeUtf16Le, encodeUtf8, trimAtNul } from './text';

/** How the path of a parent locator is written. */
export type LocatorPlatform = 'none' | 'Wi2r' | 'Wi2k' | 'W2ru' | 'W2ku' | 'Mac' | 'MacX';

/** Platform codes as stored (spec: Parent Locator Entries, Platform Code). */
export const LOCATOR_PLATFORM_CODES: Readonly<Record<LocatorPlatform, number>> = {
  none: 0,
  Wi2r: 0x57693272,
  Wi2k: 0x5769326b,
  W2ru: 0x57327275,
  W2ku: 0x57326b75,
  Mac: 0x4d616320,
  MacX: 0x4d616358,
};

const PLATFORM_NAMES: Readonly<Record<LocatorPlatform, string>> = {
  none: 'not used',
  Wi2r: 'Windows, relative path (obsolete)',
  Wi2k: 'Windows, absolute path (obsolete)',
  W2ru: 'Windows, relative path',
  W2ku: 'Windows, absolute path',
  Mac: 'Mac OS alias',
  MacX: 'Mac OS X file URL',
};

/** The platform for a stored code, or null for an unknown one. */
export function locatorPlatformFromCode(code: number): LocatorPlatform | null {
  for (const [platform, known] of Object.entries(LOCATOR_PLATFORM_CODES)) {
    if (known === code) return platform as LocatorPlatform;
  }
  return null;
}

/** A platform in words. */
export function describeLocatorPlatform(platform: LocatorPlatform): string {
  return PLATFORM_NAMES[platform];
}

/** A stored platform code as its characters without padding (`W2ru`), and `` for 0. */
export function formatPlatformCode(code: number): string {
  const characters = [24, 16, 8, 0].map((shift) => String.fromCharCode((code >>> shift) & 0xff));
  return trimCode(characters.join(''));
}

/** Room set aside for a locator's path, with the unit it was most likely stored in. */
export interface LocatorSpace {
  /** Null when the stored number fits neither reading. */
  readonly spaceBytes: number | null;
  readonly unit: 'bytes' | 'sectors' | 'none' | 'invalid';
}

/**
 * Reads a locator's platform data space. The specification says sectors, yet nearly every program stores bytes.
 * COMPAT(blktap): below 512 it counts sectors, a multiple of 512 bytes, anything else is invalid (libvhd.h).
 */
export function resolveDataSpace(stored: number): LocatorSpace {
  if (stored === 0) return { spaceBytes: 0, unit: 'none' };
  if (stored < SECTOR_SIZE_BYTES) return { spaceBytes: stored * SECTOR_SIZE_BYTES, unit: 'sectors' };
  if (stored % SECTOR_SIZE_BYTES === 0) return { spaceBytes: stored, unit: 'bytes' };
  return { spaceBytes: null, unit: 'invalid' };
}

/**
 * The path text of a locator's data up to its first NUL, or null where it holds none (a Mac alias, no platform).
 * UTF-16 is little-endian here, unlike the parent unicode name (libvhd, VirtualBox, 7-Zip).
 */
export function decodeLocatorText(platform: LocatorPlatform, data: Uint8Array): string | null {
  switch (platform) {
    case 'W2ru':
    case 'W2ku':
      return trimAtNul(decodeUtf16Le(data));
    case 'Wi2r':
    case 'Wi2k':
      return trimAtNul(decodeLatin1(data));
    case 'MacX':
      return trimAtNul(decodeUtf8(data));
    case 'Mac':
    case 'none':
      return null;
  }
}

/** Platforms that Platter writes. */
export type WritablePlatform = 'W2ru' | 'W2ku' | 'MacX';

/** The bytes of a locator's path, without a terminator: UTF-16LE, or UTF-8 for a file URL. */
export function encodeLocatorText(platform: WritablePlatform, text: string): Uint8Array {
  return platform === 'MacX' ? encodeUtf8(text) : encodeUtf16Le(text);
}

/**
 * The path that a locator's text names. Only a file URL differs from its text: scheme and `localhost` are
 * cut and percent-escapes decoded (blktap writes `file://./name`); what is no file URL stays as it is.
 */
export function locatorPath(platform: LocatorPlatform, text: string): string {
  if (platform !== 'MacX') return text;
  const match = /^file:(?:\/\/(?:localhost(?=\/))?)?(.*)$/is.exec(text);
  if (match === null) return text;
  const parts = (match[1] ?? '').split(/(%[0-9a-f]{2})/i);
  const bytes = parts.flatMap((part, index) =>
    index % 2 === 1 ? [Number.parseInt(part.slice(1), 16)] : [...encodeUtf8(part)],
  );
  return decodeUtf8(Uint8Array.from(bytes));
}

/**
 * The file name at the end of a path with either kind of slash, or null where there is none (`..`, a folder, a name
 * with a NUL). All that may be used of a stored path without asking: the rest could lead anywhere.
 */
export function pathBaseName(path: string): string | null {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name === '' || name === '.' || name === '..' || name.includes('\0') ? null : name;
}
