import type { CompareResult } from '../../../src-shared/model/results';
import type { DiskExtent, OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { BlockMarks } from './block-marks';
import { DifferenceRanges } from './difference-ranges';
import { Breather, PhaseProgress } from './operation';
import { pumpPieces, type Piece } from './piece-pump';

const PIECE_BYTES = 2 * 1024 * 1024;
const SLOTS = 3;

export interface CompareDisksOptions {
  /** Ends at the first difference; the counts then say only that there is one. */
  readonly stopAtFirst?: boolean | undefined;
  readonly phase?: string | undefined;
  /** Also tell which blocks of this size differ. */
  readonly blockSizeBytes?: number | undefined;
}

/** A stretch in which at least one disk may hold data. */
interface ComparablePiece extends Piece {
  length: number;
  aMayHold: boolean;
  bMayHold: boolean;
}

interface Slot {
  readonly a: Buffer;
  readonly b: Buffer;
}

/**
 * Compares guest content; the shorter disk counts as followed by zeros (as `qemu-img compare` does). What is known to
 * be zero on both sides is not read, and the next pieces are read while one is compared.
 */
export async function compareDisks(
  a: VirtualDisk,
  b: VirtualDisk,
  options: CompareDisksOptions = {},
  context: OperationContext = {},
): Promise<CompareResult> {
  const sizeBytes = Math.max(a.sizeBytes, b.sizeBytes);
  const differences = new DifferenceRanges();
  const { blockSizeBytes } = options;
  const marks = blockSizeBytes === undefined ? null : new BlockMarks(sizeBytes, blockSizeBytes);
  const progress = new PhaseProgress(context, options.phase ?? 'compare', sizeBytes);
  let doneOffset = 0;
  await pumpPieces<ComparablePiece, Slot>({
    pieces: comparablePieces(a, b, new Breather(context)),
    slots: Array.from({ length: SLOTS }, () => ({
      a: Buffer.alloc(PIECE_BYTES),
      b: Buffer.alloc(PIECE_BYTES),
    })),
    read: ({ offset, length, aMayHold, bMayHold }, slot) =>
      Promise.all([
        readPadded(a, slot.a.subarray(0, length), offset, aMayHold),
        readPadded(b, slot.b.subarray(0, length), offset, bMayHold),
      ]),
    take: ({ offset, length }, slot) => {
      const [left, right] = [slot.a.subarray(0, length), slot.b.subarray(0, length)];
      if (left.compare(right) !== 0) {
        differences.add(left, right, offset);
        marks?.add(left, right, offset);
      }
      progress.advance(offset + length - doneOffset, { offset, length });
      doneOffset = offset + length;
    },
    isEnough: () => options.stopAtFirst === true && differences.firstOffset !== null,
  });
  progress.advance(sizeBytes - doneOffset);
  return {
    identical: differences.firstOffset === null,
    firstDifferenceOffset: differences.firstOffset,
    differingBytes: differences.differingBytes,
    ranges: differences.toRanges(),
    aSizeBytes: a.sizeBytes,
    bSizeBytes: b.sizeBytes,
    ...(marks ? { differingBlocks: marks.bits } : {}),
  };
}

/** Guest bytes, with zeros behind the disk's end and where nothing is stored. */
async function readPadded(
  disk: VirtualDisk,
  target: Buffer,
  offset: number,
  mayHold: boolean,
): Promise<void> {
  const inDisk = mayHold ? Math.max(0, Math.min(target.length, disk.sizeBytes - offset)) : 0;
  if (inDisk > 0) await disk.readAt(target.subarray(0, inDisk), offset);
  target.fill(0, inDisk);
}

/** Windows of at most PIECE_BYTES over both disks, without those that are known to be zero in both. */
async function* comparablePieces(
  a: VirtualDisk,
  b: VirtualDisk,
  breather: Breather,
): AsyncGenerator<ComparablePiece> {
  let open: ComparablePiece | null = null;
  for await (const { offset, length, aMayHold, bMayHold } of overlaid(extentsToEnd(a), extentsToEnd(b))) {
    await breather.breathe();
    if (!aMayHold && !bMayHold) continue;
    for (let at = offset; at < offset + length;) {
      const windowEnd = (Math.floor(at / PIECE_BYTES) + 1) * PIECE_BYTES;
      const taken = Math.min(offset + length, windowEnd) - at;
      if (open && (open.offset + open.length !== at || at % PIECE_BYTES === 0)) {
        yield open;
        open = null;
      }
      open ??= { offset: at, length: 0, aMayHold: false, bMayHold: false };
      open.length += taken;
      open.aMayHold ||= aMayHold;
      open.bMayHold ||= bMayHold;
      at += taken;
    }
  }
  if (open) yield open;
}

interface Stretch {
  readonly end: number;
  readonly mayHold: boolean;
}

/** What the disk may hold, up to any offset: behind its end it holds nothing. */
async function* extentsToEnd(disk: VirtualDisk): AsyncGenerator<Stretch> {
  for await (const extent of disk.extents(0, disk.sizeBytes)) yield toStretch(extent);
}

const toStretch = ({ offset, length, state }: DiskExtent): Stretch => ({
  end: offset + length,
  mayHold: state !== 'zero' && state !== 'unallocated',
});

async function* overlaid(
  a: AsyncGenerator<Stretch>,
  b: AsyncGenerator<Stretch>,
): AsyncGenerator<{ offset: number; length: number; aMayHold: boolean; bMayHold: boolean }> {
  const nextOf = async (stretches: AsyncGenerator<Stretch>): Promise<Stretch> => {
    const next = await stretches.next();
    return next.done ? { end: Infinity, mayHold: false } : next.value;
  };
  let [inA, inB] = [await nextOf(a), await nextOf(b)];
  for (let offset = 0; inA.end !== Infinity || inB.end !== Infinity;) {
    const end = Math.min(inA.end, inB.end);
    if (end > offset) yield { offset, length: end - offset, aMayHold: inA.mayHold, bMayHold: inB.mayHold };
    offset = end;
    if (inA.end === end) inA = await nextOf(a);
    if (inB.end === end) inB = await nextOf(b);
  }
}
