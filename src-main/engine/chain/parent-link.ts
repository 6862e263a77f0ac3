import path from 'node:path';
import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { encodeLocatorText, type WritablePlatform } from '../../../src-shared/vhd/locator';
import { timestampFromDate } from '../../../src-shared/vhd/timestamp';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import type { LocatorEntry, NewDynamicHeader } from '../format';
import type { PeekedImage } from './peek-image';

const NS_PER_MS = 1_000_000n;

/** What a child's header says of its parent, its locators not placed in the file yet. */
export interface ParentLink {
  readonly uniqueId: string;
  /** The parent file's modification time, as Virtual PC and MiniVHD compare it; 0 where it cannot be expressed. */
  readonly timestampSeconds: number;
  readonly unicodeName: string;
  readonly paths: readonly { readonly platform: WritablePlatform; readonly data: Uint8Array }[];
}

/**
 * How a child in `childFolder` names its parent, so that every reader finds it: W2ru with the path relative to the
 * child (Windows, 7-Zip, blktap), W2ku with the absolute one (Windows), and, except on Windows, MacX relative as
 * blktap writes it; the name alone as parent unicode name (VirtualBox, blktap and DiscUtils expect no folder there).
 */
export function linkTo(parent: PeekedImage, childFolder: string): ParentLink {
  const paths: { platform: WritablePlatform; data: Uint8Array }[] = [];
  const add = (code: WritablePlatform, text: string): void => {
    paths.push({ platform: code, data: encodeLocatorText(code, text) });
  };
  const relative = path.relative(childFolder, parent.path);
  // on Windows no relative path leads to another drive
  const isRelative = relative !== '' && !path.isAbsolute(relative);
  if (isRelative) add('W2ru', toWindowsRelative(relative));
  add('W2ku', parent.path);
  // a percent sign would be taken for an escape by some readers and not by others
  if (isRelative && process.platform !== 'win32' && !relative.includes('%'))
    add('MacX', `file://${withDot(relative)}`);
  const modified = new Date(Number(BigInt(parent.identity.modifiedNs) / NS_PER_MS));
  return {
    uniqueId: parent.metadata.active?.fields.uniqueId ?? NULL_UUID,
    timestampSeconds: timestampFromDate(modified) ?? 0,
    unicodeName: path.basename(parent.path),
    paths,
  };
}

/** A link's locators laid one behind the other from byte `offset` of the file. */
export interface PlacedLink {
  readonly header: NonNullable<NewDynamicHeader['parent']>;
  readonly pieces: readonly { readonly offset: number; readonly data: Uint8Array }[];
  /** Behind the last locator's room. */
  readonly endOffset: number;
}

/** COMPAT(all but vates, ocaml-vhd): the data space is stored in bytes, a multiple of 512. */
export function placeLink(link: ParentLink, offset: number): PlacedLink {
  const locators: LocatorEntry[] = [];
  const pieces: { offset: number; data: Uint8Array }[] = [];
  let position = offset;
  for (const { platform, data } of link.paths) {
    const spaceBytes = Math.max(SECTOR_SIZE_BYTES, roundUpToSector(data.length));
    const padded = new Uint8Array(spaceBytes);
    padded.set(data);
    locators.push({
      platformCode: platform,
      dataSpace: spaceBytes,
      dataLengthBytes: data.length,
      reserved: 0,
      dataOffset: position,
    });
    pieces.push({ offset: position, data: padded });
    position += spaceBytes;
  }
  const { uniqueId, timestampSeconds, unicodeName } = link;
  return { header: { uniqueId, timestampSeconds, unicodeName, locators }, pieces, endOffset: position };
}

/** Bytes of room that a link's locators take. */
export const linkSizeBytes = (link: ParentLink): number => placeLink(link, 0).endOffset;

/** COMPAT(Windows, libvhd): a relative path begins with `.\` or `..\`. */
function toWindowsRelative(relative: string): string {
  const windows = relative.split(path.sep).join('\\');
  return windows.startsWith('..\\') ? windows : `.\\${windows}`;
}

const withDot = (relative: string): string => (relative.startsWith('../') ? relative : `./${relative}`);
