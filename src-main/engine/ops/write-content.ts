/** The two ways in which a stream's bytes get into an image: under an undo journal, or at once. */
import { createHash } from 'node:crypto';
import { AppError, type ErrorCode, restate } from '../../../src-shared/errors';
import { formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OpenedWritableDisk } from '../chain';
import { openImageForWriting, openRaw, openWritableRaw } from '../disk';
import type { OperationContext, VirtualDisk, WritableDisk } from '../disk/virtual-disk';
import { systemError, type RandomAccessFile } from '../io';
import { JournaledFile, type HistoryOptions } from '../repair';
import { gatherInput } from './gather-input';
import { PhaseProgress, throwIfCancelled } from './operation';
import { readGuest } from './read';
import { replacedRanges } from './replaced-ranges';
import { withoutFlush } from './without-flush';

/** Written at once: large, as each piece costs the journal a flush, and a multiple of the usual blocks. */
const PIECE_BYTES = 8 * 1024 * 1024;

export interface ContentToWrite {
  /** First guest byte. */
  readonly offset: number;
  /** Bytes that will come, where that is known. */
  readonly length?: number | undefined;
  readonly source: AsyncIterable<Uint8Array>;
  readonly history?: HistoryOptions | undefined;
}

export interface WrittenContent {
  readonly bytes: number;
  /** The settled undo journal; null where there is none, as without a change. */
  readonly journal: string | null;
}

/** How far a write has come. */
class Course {
  /** Guest bytes that are in the image. */
  writtenBytes = 0;
  /** Of the piece that is on its way behind them; 0 between two pieces. */
  underWayBytes = 0;
  readonly hash = createHash('sha256');
}

/**
 * Writes under an undo journal: whatever fails, the image is as it was, byte for byte; after a process that died the
 * journal lies beside it. What is written needs no order and no flushes of its own.
 * @throws AppError `input-too-long`, `verify-failed`, `no-space`, `cancelled`, and of kind `system`.
 */
export async function writeJournaled(
  opened: OpenedWritableDisk,
  content: ContentToWrite,
  context: OperationContext,
): Promise<WrittenContent> {
  const { history = {} } = content;
  const journaled = await beginJournal(opened, content);
  const course = new Course();
  // where the image itself finds no room, doing without a journal would not help
  let isOfJournal = false;
  const ofJournal = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      isOfJournal = true;
      throw error;
    });
  try {
    const disk = await diskThrough(withoutFlush(journaled), opened);
    await writeAll(disk, course, content, context, async (piece, at) => {
      const ranges = await replacedRanges(opened, disk, piece, at);
      // Protecting nothing makes a journal, too: that something is about to change.
      if (ranges.length > 0) await ofJournal(journaled.protect(ranges));
    });
    await journaled.flush();
    await verify(disk, course, content.offset, opened.path, context);
    throwIfCancelled(context);
    return { bytes: course.writtenBytes, journal: await ofJournal(journaled.settle(history)) };
  } catch (error) {
    await journaled.rollBack();
    throw withOutcome(error, {
      unchanged:
        course.writtenBytes + course.underWayBytes === 0
          ? 'Nothing was written.'
          : 'What was written was taken back: the image is as it was, byte for byte.',
      hints: isOfJournal
        ? { 'no-space': 'Free some space, or write without an undo journal: --no-undo.' }
        : {},
    });
  }
}

/**
 * Writes at once: at every moment the image is sound and shows old or new content per sector. What was written before
 * a failure stays, and the error says which bytes those are.
 * @throws AppError as writeJournaled; where not even a flush succeeds, that failure.
 */
export async function writeAtOnce(
  opened: OpenedWritableDisk,
  content: ContentToWrite,
  context: OperationContext,
): Promise<WrittenContent> {
  const course = new Course();
  const { disk, file, path } = opened;
  const { offset } = content;
  try {
    await writeAll(disk, course, content, context);
    await disk.flush();
    await verify(disk, course, offset, path, context);
    return { bytes: course.writtenBytes, journal: null };
  } catch (error) {
    // Nothing can be promised that is not durable: a disk that does not even take this has more to say.
    if (course.writtenBytes + course.underWayBytes > 0) await file.flush();
    const { writtenBytes } = course;
    const next = offset + writtenBytes;
    throw withOutcome(error, {
      unchanged: describeNew(offset, course),
      data: { writtenBytes },
      hints: {
        cancelled:
          writtenBytes === 0
            ? 'Run it again to write the data.'
            : `The rest of the data belongs at byte ${formatCount(next)}: --offset ${next}.`,
      },
    });
  }
}

/** Which guest bytes are new, exactly: `Bytes 100 to 8,388,607 are new, everything else is as it was.` */
function describeNew(offset: number, { writtenBytes, underWayBytes }: Course): string {
  const next = offset + writtenBytes;
  const range = (from: number, end: number): string => `${formatCount(from)} to ${formatCount(end - 1)}`;
  if (underWayBytes === 0)
    return writtenBytes === 0
      ? 'Nothing was written.'
      : `Bytes ${range(offset, next)} are new, everything else is as it was.`;
  const newPart = writtenBytes === 0 ? '' : `Bytes ${range(offset, next)} are new. `;
  return `${newPart}Of bytes ${range(next, next + underWayBytes)} each sector is old or new; everything else is as it was, and the image is sound.`;
}

async function beginJournal(
  opened: OpenedWritableDisk,
  { offset, length, history = {} }: ContentToWrite,
): Promise<JournaledFile> {
  const what = length === undefined ? 'Write' : `Write ${formatSizeBoth(length)}`;
  const title = `${what} from byte ${formatCount(offset)} on`;
  const hint = 'The undo journal is made beside the image. To write without one: --no-undo.';
  try {
    return await JournaledFile.begin(opened.file, { operation: 'write', title }, history);
  } catch (error) {
    throw withOutcome(error, {
      unchanged: 'Nothing was written.',
      hints: { 'permission-denied': hint, 'read-only-target': hint, 'no-space': hint },
    });
  }
}

/** The same disk, its bytes going through `file`. */
async function diskThrough(file: RandomAccessFile, opened: OpenedWritableDisk): Promise<WritableDisk> {
  if (opened.metadata === null) return openWritableRaw(await openRaw(file));
  return openImageForWriting(file, opened.metadata, opened.parent?.disk ?? null);
}

async function writeAll(
  disk: WritableDisk,
  course: Course,
  { offset, length, source }: ContentToWrite,
  context: OperationContext,
  beforePiece?: (piece: Uint8Array, at: number) => Promise<void>,
): Promise<void> {
  const progress = new PhaseProgress(context, 'write', length ?? 0);
  for await (const piece of gatherInput(source, offset, PIECE_BYTES, context)) {
    const at = offset + course.writtenBytes;
    requireEndInside(disk, at + piece.length, offset);
    course.underWayBytes = piece.length;
    await beforePiece?.(piece, at);
    await disk.writeAt(piece, at);
    course.hash.update(piece);
    course.writtenBytes += piece.length;
    course.underWayBytes = 0;
    progress.advance(piece.length);
  }
}

/** @throws AppError `input-too-long`: more came than there is room for, which nobody could know beforehand. */
function requireEndInside({ sizeBytes }: VirtualDisk, end: number, offset: number): void {
  if (end <= sizeBytes) return;
  const room = formatSizeBoth(sizeBytes - offset);
  throw new AppError(
    'input-too-long',
    `The input goes on behind the end of the disk: from byte ${formatCount(offset)} on, ${room} fit.`,
    { hint: `Give no more than ${room}, begin earlier, or make the disk larger.` },
  );
}

async function verify(
  disk: VirtualDisk,
  { writtenBytes, hash: expected }: Course,
  offset: number,
  path: string,
  context: OperationContext,
): Promise<void> {
  const hash = createHash('sha256');
  const { signal } = context;
  const progress = new PhaseProgress(context, 'verify', writtenBytes);
  for await (const piece of readGuest(disk, { offset, length: writtenBytes }, { signal })) {
    hash.update(piece);
    progress.advance(piece.length);
  }
  if (hash.digest('hex') === expected.digest('hex')) return;
  throw new AppError('verify-failed', `"${path}" does not give back what was written to it.`, {
    context: { path },
    hint: 'Check the disk that the image lies on.',
  });
}

interface Outcome {
  readonly unchanged: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Where the error's own hint would be wrong, or says less. */
  readonly hints?: Partial<Record<ErrorCode, string>>;
}

/** The same error, with what became of the image. What a stream throws that is none of ours is put in our words. */
function withOutcome(error: unknown, { unchanged, data, hints = {} }: Outcome): unknown {
  const known = typeof (error as { syscall?: unknown } | null)?.syscall === 'string';
  const failure = known ? systemError(error, { path: 'the input', operation: 'read' }) : error;
  if (!(failure instanceof AppError) || failure.kind === 'internal') return failure;
  return restate(failure, {
    data: { ...failure.data, ...data },
    hint: hints[failure.code] ?? failure.hint,
    unchanged,
    cause: error,
  });
}
