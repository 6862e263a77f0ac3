import { trimCode } from '../../../src-shared/vhd/names';
import {
  formatTimestamp,
  timestampFromDate,
  VHD_EPOCH_UNIX_SECONDS,
} from '../../../src-shared/vhd/timestamp';
import type { PeekedImage } from './peek-image';

const NS_PER_MS = 1_000_000n;
const MS_PER_SECOND = 1000;
/** FAT keeps times to two seconds: a file that was copied there has a whole even one. */
const FAT_MS = 2000;

/** COMPAT(FATtools, DOSBox-X, DiscUtils): they store the parent's creation time out of its footer (corpus). */
const STORE_CREATION_TIME: readonly string[] = ['Py', 'DBox', 'dutl'];

/** What a child's stored parent timestamp says of the parent's file. */
export interface ParentTime {
  /**
   * Whether the file is as old as the child remembers; null where nothing follows from the stored time: none is stored
   * (COMPAT: Windows 10 stores 0), or it is the time that the parent was made, which no change of the parent alters.
   */
  readonly matches: boolean | null;
  /** Both times for people. */
  readonly stored: string;
  readonly modified: string;
}

/** Compares what the child stores with the parent file's modification time (spec: Parent Time Stamp). */
export function parentTime(child: PeekedImage, parent: PeekedImage): ParentTime {
  const stored = child.metadata.header?.fields.parentTimestampSeconds ?? 0;
  const modifiedMs = Number(BigInt(parent.identity.modifiedNs) / NS_PER_MS);
  const modified = timestampFromDate(new Date(modifiedMs));
  return {
    matches: matches(child, parent, stored, modifiedMs),
    stored: formatTimestamp(stored),
    modified: modified === null ? 'a time that no timestamp can express' : formatTimestamp(modified),
  };
}

function matches(
  child: PeekedImage,
  parent: PeekedImage,
  stored: number,
  modifiedMs: number,
): boolean | null {
  if (stored === 0) return null;
  const awayMs = Math.abs(modifiedMs - (stored + VHD_EPOCH_UNIX_SECONDS) * MS_PER_SECOND);
  // whole seconds are stored, rounded one way or the other
  if (awayMs < MS_PER_SECOND || (modifiedMs % FAT_MS === 0 && awayMs <= FAT_MS)) return true;
  const creator = trimCode(child.metadata.active?.fields.creatorApplication ?? '');
  const isCreation = stored === parent.metadata.active?.fields.timestampSeconds;
  return isCreation && STORE_CREATION_TIME.includes(creator) ? null : false;
}
