import type { LocatorFacts } from '../../../src-shared/model/image-info';
import {
  decodeLocatorText,
  formatPlatformCode,
  locatorPath,
  locatorPlatformFromCode,
  type LocatorPlatform,
} from '../../../src-shared/vhd/locator';
import type { VhdMetadata } from '../disk';
import type { LocatorEntry } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';

/** Longest path that is read from a locator: 32,767 UTF-16 units, what Windows can have. */
const LOCATOR_BYTES_MAX = 65_536;

/** The order in which locators are believed (issue of 7-Zip and libvhd: the relative one survives a move). */
const SEARCH_ORDER: readonly LocatorPlatform[] = ['W2ru', 'W2ku', 'MacX', 'Wi2r', 'Wi2k'];

/** A parent locator in use, its path read from the file. */
export interface ReadLocator {
  /** Entry number in the header, 0 to 7. */
  readonly index: number;
  readonly entry: LocatorEntry;
  /** Null for a code that is not known. */
  readonly platform: LocatorPlatform | null;
  /** Four characters without padding, known or not. */
  readonly code: string;
  /** The path that is named, `file://` taken off; null where the entry holds none (a Mac alias) or cannot be read. */
  readonly path: string | null;
}

/** All locator entries in use, in the header's order. Never throws on content. */
export async function readLocators(
  file: RandomAccessFile,
  metadata: VhdMetadata,
): Promise<readonly ReadLocator[]> {
  const locators: ReadLocator[] = [];
  for (const [index, entry] of (metadata.header?.fields.parentLocators ?? []).entries()) {
    const code = codeOf(entry);
    if (code === 0) continue;
    const platform = locatorPlatformFromCode(code);
    locators.push({
      index,
      entry,
      platform,
      code: formatPlatformCode(code),
      path: platform === null ? null : await readPath(file, entry, platform, metadata.fileSizeBytes),
    });
  }
  return locators;
}

/** Those that name a path, the most believable first. */
export function inSearchOrder(
  locators: readonly ReadLocator[],
): readonly (ReadLocator & { readonly path: string })[] {
  return SEARCH_ORDER.flatMap((platform) =>
    locators.filter(
      (locator): locator is ReadLocator & { readonly path: string } =>
        locator.platform === platform && locator.path !== null && locator.path !== '',
    ),
  );
}

export const toLocatorFacts = (locator: ReadLocator): LocatorFacts => ({
  platform: locator.code,
  path: locator.path ?? '',
});

function codeOf(entry: LocatorEntry): number {
  return [...entry.platformCode].reduce((code, character) => code * 256 + character.charCodeAt(0), 0);
}

async function readPath(
  file: RandomAccessFile,
  entry: LocatorEntry,
  platform: LocatorPlatform,
  fileSizeBytes: number,
): Promise<string | null> {
  const { dataOffset, dataLengthBytes } = entry;
  if (dataOffset === null || !Number.isSafeInteger(dataOffset) || dataOffset >= fileSizeBytes) return null;
  const data = await readUpTo(file, dataOffset, Math.min(dataLengthBytes, LOCATOR_BYTES_MAX));
  const text = decodeLocatorText(platform, data);
  return text === null ? null : locatorPath(platform, text);
}
