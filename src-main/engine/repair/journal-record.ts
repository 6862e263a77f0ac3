/**
 * The undo journal on disk: records one behind the other, only ever appended to.
 *
 *   0 magic "PLJR" 4 · 4 kind 4 · 8 sequence 4 · 12 payload length 4 · 16 offset in the image 8 ·
 *   24 digest 16 · 40 payload
 *
 * Big-endian. The digest is the first half of a SHA-256 over the journal's id, the head before the digest and the
 * payload: a record of another journal, or out of its place, does not fit.
 */
import { createHash } from 'node:crypto';
import { readU32, readU64, writeU32, writeU64 } from '../../../src-shared/vhd/bytes';
import { readUpTo, type RandomAccessFile } from '../io';

export const RECORD_HEAD_BYTES = 40;
/** Largest payload of one record. */
export const RECORD_PAYLOAD_BYTES_MAX = 1 << 20;
/** Payload of a record of zeros: how many. */
export const ZEROS_LENGTH_BYTES = 8;
const MAGIC = 0x504c4a52;
const DIGEST_OFFSET = 24;

/**
 * `begin`: JSON, what the journal is for, always the first. `before`: image bytes as they were. `zeros`: 8 bytes, a
 * length of image bytes that were zero. `barrier`: everything before it was durable before the image was touched.
 * `commit`: JSON, the change is whole. `undoing`: the way back has begun. `undone`: JSON, the change was taken back;
 * what is left is a record for the history, without the bytes.
 */
export type RecordKind = 'begin' | 'before' | 'zeros' | 'barrier' | 'commit' | 'undoing' | 'undone';
const KIND_CODES: Readonly<Record<RecordKind, number>> = {
  begin: 1,
  before: 2,
  zeros: 3,
  barrier: 4,
  commit: 5,
  undoing: 6,
  undone: 7,
};
const KINDS = new Map(Object.entries(KIND_CODES).map(([kind, code]) => [code, kind as RecordKind]));

export interface JournalRecord {
  readonly kind: RecordKind;
  readonly sequence: number;
  /** Byte offset in the image, for `before` and `zeros`. */
  readonly offset: number;
  readonly payload: Uint8Array;
  /** Byte offset in the journal behind this record. */
  readonly end: number;
}

/** One record's bytes. `id` is the journal's; the begin record is bound to its own. */
export function encodeRecord(
  id: string,
  kind: RecordKind,
  sequence: number,
  offset: number,
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEAD_BYTES + payload.length);
  bytes.set(payload, RECORD_HEAD_BYTES);
  return sealRecord(bytes, id, kind, sequence, offset);
}

/** Makes a record of bytes whose payload lies in its place, from `RECORD_HEAD_BYTES` on, already. */
export function sealRecord(
  bytes: Uint8Array,
  id: string,
  kind: RecordKind,
  sequence: number,
  offset: number,
): Uint8Array {
  const payload = bytes.subarray(RECORD_HEAD_BYTES);
  writeU32(bytes, 0, MAGIC);
  writeU32(bytes, 4, KIND_CODES[kind]);
  writeU32(bytes, 8, sequence);
  writeU32(bytes, 12, payload.length);
  writeU64(bytes, 16, offset);
  bytes.set(digestOf(id, bytes.subarray(0, DIGEST_OFFSET), payload), DIGEST_OFFSET);
  return bytes;
}

/**
 * The record at `position`, or null where there is no whole and sound one.
 * @param id what the records are bound to; for the begin record, a function that finds it in the payload.
 */
export async function readRecord(
  file: RandomAccessFile,
  position: number,
  sequence: number,
  id: string | ((payload: Uint8Array) => string | null),
): Promise<JournalRecord | null> {
  const head = await readUpTo(file, position, RECORD_HEAD_BYTES);
  if (head.length < RECORD_HEAD_BYTES || readU32(head, 0) !== MAGIC) return null;
  const kind = KINDS.get(readU32(head, 4));
  const length = readU32(head, 12);
  const offset = readU64(head, 16);
  if (!kind || readU32(head, 8) !== sequence || length > RECORD_PAYLOAD_BYTES_MAX) return null;
  if (offset === null || !Number.isSafeInteger(offset)) return null;
  const payload = await readUpTo(file, position + RECORD_HEAD_BYTES, length);
  if (payload.length < length) return null;
  const boundTo = typeof id === 'string' ? id : id(payload);
  if (boundTo === null) return null;
  const digest = digestOf(boundTo, head.subarray(0, DIGEST_OFFSET), payload);
  if (!digest.every((byte, index) => head[DIGEST_OFFSET + index] === byte)) return null;
  return { kind, sequence, offset, payload, end: position + RECORD_HEAD_BYTES + length };
}

/** Of the end of a journal: more than the records take that hold no bytes of an image. */
const TAIL_BYTES = 64 * 1024;

/** The sound record with which the file ends, found without reading those before it; null where there is none near the end. */
export async function readLastRecord(file: RandomAccessFile, id: string): Promise<JournalRecord | null> {
  const size = await file.size();
  const start = Math.max(0, size - TAIL_BYTES);
  const tail = await readUpTo(file, start, size - start);
  for (let at = tail.length - RECORD_HEAD_BYTES; at >= 0; at -= 1) {
    if (readU32(tail, at) !== MAGIC || at + RECORD_HEAD_BYTES + readU32(tail, at + 12) !== tail.length)
      continue;
    const record = await readRecord(file, start + at, readU32(tail, at + 8), id);
    if (record) return record;
  }
  return null;
}

function digestOf(id: string, head: Uint8Array, payload: Uint8Array): Uint8Array {
  return createHash('sha256').update(id).update(head).update(payload).digest().subarray(0, 16);
}
