import { createHash } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { Damage, isAllZero, openImage, readMetadata } from '../disk';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import type { RandomAccessFile } from '../io';
import { slotData, type ContentSink, type Slot } from './content-sink';
import { copyContent } from './copy-content';

/**
 * SHA-256 over guest content as a proof that two disks show the same: the sectors that are not zero, and where they
 * lie. Zeros cost nothing, however they are stored; how content is cut into blocks and extents makes no difference.
 * Content behind `sizeBytes` is left out; a shorter disk counts as followed by zeros.
 */
export async function contentFingerprint(
  disk: VirtualDisk,
  sizeBytes: number,
  context: OperationContext,
  phase: string,
): Promise<string> {
  const sink = new FingerprintSink();
  await copyContent(cutTo(disk, sizeBytes), sink, context, phase);
  return sink.digest();
}

/** What a disk shows before a change, to be held against what it, or the disk that was made of it, shows after it. */
export interface ContentBefore {
  /** `contentFingerprint` of the disk. */
  readonly shown: string;
  /** How much of the disk is looked at afterwards. */
  readonly comparedBytes: number;
  /** The size that the disk must have then. */
  readonly sizeBytes: number;
}

/** @throws AppError `cancelled`, and those of reading. */
export async function contentBefore(disk: VirtualDisk, context: OperationContext): Promise<ContentBefore> {
  const { sizeBytes } = disk;
  const shown = await contentFingerprint(disk, sizeBytes, context, 'read');
  return { shown, comparedBytes: sizeBytes, sizeBytes };
}

/** Whether a disk shows what was noted before; it is read as far as that says. @throws AppError `cancelled`. */
export async function showsContent(
  disk: VirtualDisk,
  { shown, comparedBytes, sizeBytes }: ContentBefore,
  context: OperationContext,
): Promise<boolean> {
  if (disk.sizeBytes !== sizeBytes) return false;
  return (await contentFingerprint(disk, comparedBytes, context, 'verify')) === shown;
}

/**
 * Proves that an image that was changed where it lies shows what it showed before: the whole disk is read again.
 * @throws AppError `verify-failed`, `cancelled`.
 */
export async function requireSameContent(
  file: RandomAccessFile,
  parent: VirtualDisk | null,
  before: ContentBefore,
  context: OperationContext,
): Promise<void> {
  const after = openImage(file, await readMetadata(file), new Damage(file.path, false), parent);
  if (await showsContent(after, before, context)) return;
  throw new AppError('verify-failed', `"${file.path}" does not show what it showed before.`, {
    unchanged: 'Everything was put back.',
  });
}

/**
 * Proves that a new file shows what its source shows, before anybody sees it.
 * @throws AppError `verify-failed`, `cancelled`.
 */
export async function requireContentWritten(
  written: VirtualDisk,
  before: ContentBefore,
  { target, source }: { readonly target: string; readonly source: string },
  context: OperationContext,
): Promise<void> {
  if (await showsContent(written, before, context)) return;
  throw new AppError(
    'verify-failed',
    `What was written for "${target}" does not show what "${source}" shows.`,
  );
}

class FingerprintSink implements ContentSink {
  readonly pieceBytes = 2 * 1024 * 1024;
  readonly #content = createHash('sha256');
  readonly #places = createHash('sha256');
  /** A sector of which pieces hold parts, where a disk ends inside it; what none holds is zero. */
  readonly #edge = new Uint8Array(SECTOR_SIZE_BYTES);
  #edgeOffset: number | null = null;
  #runStart = 0;
  #runEnd = 0;

  accept(guestOffset: number, slot: Slot): Promise<void> {
    const data = slotData(slot);
    const toBoundary = (SECTOR_SIZE_BYTES - (guestOffset % SECTOR_SIZE_BYTES)) % SECTOR_SIZE_BYTES;
    const start = Math.min(data.length, toBoundary);
    const end = data.length - ((data.length - start) % SECTOR_SIZE_BYTES);
    if (start > 0) this.#addToEdge(data.subarray(0, start), guestOffset);
    if (end > start) {
      this.#closeEdge();
      this.#addSectors(data.subarray(start, end), guestOffset + start);
    }
    if (end < data.length) this.#addToEdge(data.subarray(end), guestOffset + end);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.#closeEdge();
    this.#closeRun();
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  digest(): string {
    return createHash('sha256').update(this.#places.digest()).update(this.#content.digest()).digest('hex');
  }

  #addToEdge(bytes: Uint8Array, guestOffset: number): void {
    const inSector = guestOffset % SECTOR_SIZE_BYTES;
    if (this.#edgeOffset !== guestOffset - inSector) {
      this.#closeEdge();
      this.#edge.fill(0);
      this.#edgeOffset = guestOffset - inSector;
    }
    this.#edge.set(bytes, inSector);
  }

  #closeEdge(): void {
    if (this.#edgeOffset !== null) this.#addSectors(this.#edge, this.#edgeOffset);
    this.#edgeOffset = null;
  }

  #addSectors(sectors: Uint8Array, guestOffset: number): void {
    for (let at = 0; at < sectors.length;) {
      const isData = !isZeroSector(sectors, at);
      let end = at + SECTOR_SIZE_BYTES;
      while (end < sectors.length && isZeroSector(sectors, end) !== isData) end += SECTOR_SIZE_BYTES;
      if (isData) {
        this.#content.update(sectors.subarray(at, end));
        this.#addRun(guestOffset + at, guestOffset + end);
      }
      at = end;
    }
  }

  #addRun(start: number, end: number): void {
    if (start !== this.#runEnd) {
      this.#closeRun();
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  #closeRun(): void {
    if (this.#runEnd > this.#runStart) this.#places.update(`${this.#runStart} ${this.#runEnd}\n`);
    this.#runStart = this.#runEnd;
  }
}

const isZeroSector = (sectors: Uint8Array, at: number): boolean =>
  sectors[at] === 0 && isAllZero(sectors.subarray(at, at + SECTOR_SIZE_BYTES));

function cutTo(disk: VirtualDisk, sizeBytes: number): VirtualDisk {
  if (disk.sizeBytes <= sizeBytes) return disk;
  return {
    sizeBytes,
    blockSizeBytes: disk.blockSizeBytes,
    readAt: (target, offset) => disk.readAt(target, offset),
    extents: (offset, length) => disk.extents(offset, length),
    close: () => disk.close(),
  };
}
