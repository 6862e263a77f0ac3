import type { BytesView, FindResult } from '../../../src-shared/ipc/contract';
import type { RandomAccessFile, VirtualDisk } from '../../engine';

/** `[offset, offset + length)` of the file, as much of it as there is. @throws AppError of kind `system`. */
export async function readBytes(
  file: RandomAccessFile,
  offset: number,
  length: number,
): Promise<BytesView & { readonly bytes: Uint8Array<ArrayBuffer> }> {
  const fileSizeBytes = await file.size();
  const bytes = new Uint8Array(Math.max(0, Math.min(length, fileSizeBytes - offset)));
  const count = await file.readAt(bytes, offset);
  return { offset, bytes: bytes.subarray(0, count), fileSizeBytes };
}

/** The same of the disk that a guest sees. @throws AppError `damaged-range` and of kind `system`. */
export async function readGuestBytes(
  disk: VirtualDisk,
  offset: number,
  length: number,
): Promise<BytesView & { readonly bytes: Uint8Array<ArrayBuffer> }> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, disk.sizeBytes - offset)));
  if (bytes.length > 0) await disk.readAt(bytes, offset);
  return { offset, bytes, fileSizeBytes: disk.sizeBytes };
}

/** Bytes searched in one call: a person can stop between two. */
const FIND_STRETCH_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

export interface FindRequest {
  readonly pattern: Uint8Array;
  /** Forwards: the first byte a match may start at. Backwards: the byte after the last one it may start at. */
  readonly fromOffset: number;
  readonly backwards: boolean;
}

/**
 * The next place of `pattern` in the file, searching at most FIND_STRETCH_BYTES; where that was not enough, `done` is
 * false and the search goes on from `nextOffset`.
 * @throws AppError of kind `system`.
 */
export async function findBytes(file: RandomAccessFile, request: FindRequest): Promise<FindResult> {
  return request.backwards ? findBackwards(file, request) : findForwards(file, request);
}

async function findForwards(
  file: RandomAccessFile,
  { pattern, fromOffset }: FindRequest,
): Promise<FindResult> {
  const lastStart = (await file.size()) - pattern.length;
  const limit = fromOffset + FIND_STRETCH_BYTES;
  let start = fromOffset;
  while (start <= lastStart && start < limit) {
    const starts = Math.min(CHUNK_BYTES, lastStart - start + 1);
    const chunk = await readChunk(file, start, starts + pattern.length - 1);
    const at = chunk.indexOf(pattern);
    if (at >= 0) return { foundOffset: start + at, nextOffset: start + at + 1, done: false };
    start += starts;
  }
  return { foundOffset: null, nextOffset: start, done: start > lastStart };
}

async function findBackwards(
  file: RandomAccessFile,
  { pattern, fromOffset }: FindRequest,
): Promise<FindResult> {
  let end = Math.min(fromOffset, Math.max(0, (await file.size()) - pattern.length + 1));
  const limit = end - FIND_STRETCH_BYTES;
  while (end > 0 && end > limit) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const chunk = await readChunk(file, start, end - start + pattern.length - 1);
    const at = chunk.lastIndexOf(pattern);
    if (at >= 0) return { foundOffset: start + at, nextOffset: start + at, done: false };
    end = start;
  }
  return { foundOffset: null, nextOffset: end, done: end === 0 };
}

async function readChunk(file: RandomAccessFile, offset: number, length: number): Promise<Buffer> {
  const chunk = Buffer.alloc(length);
  return chunk.subarray(0, await file.readAt(chunk, offset));
}
