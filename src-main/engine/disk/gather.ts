import { readExact, type RandomAccessFile } from '../io';

/** A stretch of the file that goes to a stretch of the target. */
export interface FilePiece {
  readonly fileOffset: number;
  /** Byte in the target. */
  readonly at: number;
  readonly length: number;
}

/** Pieces at least this long are read straight into the target. */
const DIRECT_BYTES = 128 * 1024;
/** Short pieces are read together where no more than this lies between them. */
const GAP_BYTES_MAX = 16 * 1024;
const SPAN_BYTES_MAX = 1024 * 1024;
const PARALLEL_READS = 8;

/**
 * Fills `target` from pieces in target order: long ones directly and side by side, short neighbours in one read.
 * @throws AppError `damaged-range` where the file has become shorter than its pieces.
 */
export async function gatherPieces(
  file: RandomAccessFile,
  pieces: readonly FilePiece[],
  target: Uint8Array,
): Promise<void> {
  const single = pieces[0];
  if (single && pieces.length === 1) return readPiece(file, single, target);
  await readTogether(groupPieces(pieces).map((group) => () => readGroup(file, group, target)));
}

/**
 * Reads side by side, a few at a time. Ends, also where one fails, when none is under way any more: nothing writes to
 * a target that its owner has been given back.
 */
export async function readTogether(reads: readonly (() => Promise<void>)[]): Promise<void> {
  const [only] = reads;
  if (only && reads.length === 1) return only();
  let next = 0;
  const failures: unknown[] = [];
  const readOn = async (): Promise<void> => {
    for (let read = reads[next]; read && failures.length === 0; read = reads[next]) {
      next += 1;
      await read().catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, reads.length) }, readOn));
  if (failures.length > 0) throw failures[0];
}

function groupPieces(pieces: readonly FilePiece[]): FilePiece[][] {
  const groups: FilePiece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    const first = group?.[0];
    const last = group?.at(-1);
    if (group && first && last && last.length < DIRECT_BYTES && piece.length < DIRECT_BYTES) {
      const gap = piece.fileOffset - last.fileOffset - last.length;
      const span = piece.fileOffset + piece.length - first.fileOffset;
      if (gap >= 0 && gap <= GAP_BYTES_MAX && span <= SPAN_BYTES_MAX) {
        group.push(piece);
        continue;
      }
    }
    groups.push([piece]);
  }
  return groups;
}

async function readGroup(
  file: RandomAccessFile,
  group: readonly FilePiece[],
  target: Uint8Array,
): Promise<void> {
  const first = group[0];
  const last = group.at(-1);
  if (!first || !last) return;
  if (group.length === 1) return readPiece(file, first, target);
  const span = await readExact(file, first.fileOffset, last.fileOffset + last.length - first.fileOffset);
  for (const piece of group) {
    const from = piece.fileOffset - first.fileOffset;
    target.set(span.subarray(from, from + piece.length), piece.at);
  }
}

async function readPiece(file: RandomAccessFile, piece: FilePiece, target: Uint8Array): Promise<void> {
  await readInto(file, piece.fileOffset, target.subarray(piece.at, piece.at + piece.length));
}

/** Fills all of `target` from `offset`. @throws AppError `damaged-range` where the file ends before. */
export async function readInto(file: RandomAccessFile, offset: number, target: Uint8Array): Promise<void> {
  const count = await file.readAt(target, offset);
  // the message and its evidence are made in one place
  if (count < target.length) target.set(await readExact(file, offset, target.length));
}
