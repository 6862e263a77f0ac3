import { createHash, getHashes, type Hash } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import type { HashResult } from '../../../src-shared/model/results';
import { DEFAULT_BLOCK_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { OperationContext, VirtualDisk } from '../disk';
import { requireGuestRange } from '../disk/range';
import { Breather, PhaseProgress } from './operation';

const CHUNK_BYTES = 4 * 1024 * 1024;

export interface HashOptions {
  /** Any name that node:crypto knows; sha256 unless given. */
  readonly algorithm?: string | undefined;
  /** First guest byte; 0 unless given. */
  readonly offset?: number | undefined;
  /** Guest bytes; up to the end of the disk unless given. */
  readonly length?: number | undefined;
  /** Also a hash for every block (2 MiB where the disk has no blocks of its own). */
  readonly perBlock?: boolean | undefined;
}

/** The hash of zeros needs no reading: extents say where they are. */
interface Chunk {
  readonly offset: number;
  readonly length: number;
  readonly isZero: boolean;
}

/**
 * Hash of the guest-visible bytes: the same for every container that shows the same bytes. Reads the next chunk
 * while one is hashed.
 * @throws AppError `bad-value` for an unknown algorithm, `usage` outside the disk, `cancelled`.
 */
export async function hashDisk(
  disk: VirtualDisk,
  options: HashOptions = {},
  context: OperationContext = {},
): Promise<HashResult> {
  const algorithm = options.algorithm ?? 'sha256';
  const offset = options.offset ?? 0;
  const length = options.length ?? Math.max(0, disk.sizeBytes - offset);
  requireGuestRange(disk.sizeBytes, offset, length);
  const whole = newHash(algorithm);
  const blocks = options.perBlock
    ? new BlockHashes(algorithm, disk.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES)
    : null;
  const progress = new PhaseProgress(context, 'hash', length);
  const breather = new Breather(context);
  for await (const { bytes, chunk } of readAhead(disk, chunksOf(disk, offset, length))) {
    whole.update(bytes);
    blocks?.update(bytes, chunk.offset);
    progress.advance(chunk.length, { offset: chunk.offset, length: chunk.length });
    await breather.breathe();
  }
  return {
    algorithm,
    hash: whole.digest('hex'),
    bytes: length,
    ...(blocks ? { blocks: blocks.finish() } : {}),
  };
}

function newHash(algorithm: string): Hash {
  if (getHashes().includes(algorithm)) return createHash(algorithm);
  throw new AppError('bad-value', `"${algorithm}" is no hash that this machine knows; sha256 is usual.`);
}

/** Pieces of at most CHUNK_BYTES; neighbouring extents share one, so that small blocks do not mean small reads. */
async function* chunksOf(disk: VirtualDisk, offset: number, length: number): AsyncGenerator<Chunk> {
  let open: { offset: number; length: number; isZero: boolean } | null = null;
  for await (const extent of disk.extents(offset, length)) {
    const isZero = extent.state === 'zero' || extent.state === 'unallocated';
    for (let at = 0; at < extent.length;) {
      if (open && (open.isZero !== isZero || open.length >= CHUNK_BYTES)) {
        yield open;
        open = null;
      }
      open ??= { offset: extent.offset + at, length: 0, isZero };
      const taken = Math.min(extent.length - at, CHUNK_BYTES - open.length);
      open.length += taken;
      at += taken;
    }
  }
  if (open) yield open;
}

const ZEROS = new Uint8Array(CHUNK_BYTES);

async function* readAhead(
  disk: VirtualDisk,
  chunks: AsyncGenerator<Chunk>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly chunk: Chunk }> {
  const buffers = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
  let turn = 0;
  const start = async (chunk: Chunk): Promise<Uint8Array> => {
    if (chunk.isZero) return ZEROS.subarray(0, chunk.length);
    turn = 1 - turn;
    const bytes = (buffers[turn] ?? ZEROS).subarray(0, chunk.length);
    await disk.readAt(bytes, chunk.offset);
    return bytes;
  };
  let pending: { readonly chunk: Chunk; readonly reading: Promise<Uint8Array> } | null = null;
  try {
    for await (const chunk of chunks) {
      const next = { chunk, reading: start(chunk) };
      // a rejection is met where it is awaited, one turn later
      next.reading.catch(() => undefined);
      if (pending) yield { bytes: await pending.reading, chunk: pending.chunk };
      pending = next;
    }
    if (pending) yield { bytes: await pending.reading, chunk: pending.chunk };
    pending = null;
  } finally {
    // nobody closes the disk under a read that is still going on
    await pending?.reading.catch(() => undefined);
  }
}

/** One hash for each block of guest bytes, blocks counted from the start of the disk. */
class BlockHashes {
  readonly #algorithm: string;
  readonly #blockSizeBytes: number;
  readonly #digests: string[] = [];
  #hash: Hash | null = null;
  #block = -1;

  constructor(algorithm: string, blockSizeBytes: number) {
    this.#algorithm = algorithm;
    this.#blockSizeBytes = blockSizeBytes;
  }

  update(bytes: Uint8Array, offset: number): void {
    for (let at = 0; at < bytes.length;) {
      const block = Math.floor((offset + at) / this.#blockSizeBytes);
      if (block !== this.#block || !this.#hash) {
        this.#close();
        this.#hash = createHash(this.#algorithm);
        this.#block = block;
      }
      const taken = Math.min(bytes.length - at, (block + 1) * this.#blockSizeBytes - offset - at);
      this.#hash.update(bytes.subarray(at, at + taken));
      at += taken;
    }
  }

  finish(): readonly string[] {
    this.#close();
    return this.#digests;
  }

  #close(): void {
    if (this.#hash) this.#digests.push(this.#hash.digest('hex'));
    this.#hash = null;
  }
}
