import { DATA_ALIGNMENT_BYTES, FOOTER_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { OperationContext } from '../disk/virtual-disk';
import { piecewiseExtents, type RandomAccessFile } from '../io';
import { RECORD_HEAD_BYTES, RECORD_PAYLOAD_BYTES_MAX } from '../repair/journal-record';
import { movedBytesOf, type CompactPlan } from './compact-plan';
import type { Stretch } from './gap-walk';
import { MOVE_BATCH_BYTES } from './move-ranges';
import { throwIfCancelled } from './operation';

/** What compacting in place takes at most: zeros that are stored are only found by reading, and are not saved either. */
export interface CompactCost {
  /** The undo journal: what is overwritten and what is cut, holes excepted, and its own records. */
  readonly journalBytes: number;
  /** Free space: the journal, holes that blocks move into, and what the file grows by. */
  readonly spaceBytes: number;
  /** Everything that is written, journal included. */
  readonly bytesToWrite: number;
}

/** Footers, the dynamic disk header, and the journal's own beginning and end. */
const FIXED_JOURNAL_BYTES = 8192;
/** A journal's record of zeros: its head and a length. */
const ZEROS_RECORD_BYTES = RECORD_HEAD_BYTES + 8;
/** Stretches up to this length lie in a page with something that is stored: the system is not asked for holes. */
const ASKED_BYTES_MIN = DATA_ALIGNMENT_BYTES;

/** Asks the file where it has holes, as the journal does when it saves. Before the change only. @throws AppError `cancelled`. */
export async function costOfCompacting(
  file: RandomAccessFile,
  plan: CompactPlan,
  context: OperationContext,
): Promise<CompactCost> {
  const { image, layout } = plan;
  const { fileSizeBytes } = image.metadata;
  const { packed, endOffset } = layout;
  const moved = new Room();
  for (const { start, end } of packed.changedStretches(endOffset)) {
    throwIfCancelled(context);
    await moved.add(file, { start, end: Math.min(end, fileSizeBytes) });
  }
  const cut = new Room();
  await cut.add(file, { start: endOffset + FOOTER_SIZE_BYTES, end: fileSizeBytes });
  const movedBytes = movedBytesOf(plan);
  const tableBytes = image.tablesEnd - image.batOffset + FIXED_JOURNAL_BYTES;
  // every block may be a range of its own, with a gap behind it; between batches a hole can be filled up to a page
  const partedBytes =
    2 * packed.movedCount * ZEROS_RECORD_BYTES +
    Math.ceil(movedBytes / MOVE_BATCH_BYTES) * (RECORD_HEAD_BYTES + DATA_ALIGNMENT_BYTES);
  const journalBytes = moved.savedBytes + cut.savedBytes + partedBytes + tableBytes;
  const grownBytes = Math.max(0, endOffset + FOOTER_SIZE_BYTES - fileSizeBytes);
  return {
    journalBytes,
    spaceBytes: journalBytes + Math.min(movedBytes, moved.holeBytes + grownBytes),
    // what is left free between blocks is zeroed where it is not zero
    bytesToWrite: journalBytes + movedBytes + Math.min(layout.freeBytes, moved.dataBytes) + tableBytes,
  };
}

/** What stretches of a file take in a journal that saves them. */
class Room {
  dataBytes = 0;
  holeBytes = 0;
  #recordBytes = 0;

  get savedBytes(): number {
    return this.dataBytes + this.#recordBytes;
  }

  async add(file: RandomAccessFile, { start, end }: Stretch): Promise<void> {
    if (end - start <= ASKED_BYTES_MIN) return this.#addData(Math.max(0, end - start));
    for await (const { length, kind } of piecewiseExtents(file, start, end - start)) {
      if (kind === 'data') this.#addData(length);
      else {
        this.holeBytes += length;
        this.#recordBytes += ZEROS_RECORD_BYTES;
      }
    }
  }

  #addData(length: number): void {
    this.dataBytes += length;
    this.#recordBytes += Math.ceil(length / RECORD_PAYLOAD_BYTES_MAX) * RECORD_HEAD_BYTES;
  }
}
