import type { Progress, ProgressListener } from '../../../src-shared/model/job';

/**
 * What a stretch of guest content is, without reading data. `data`: stored in a file. `zero`: reads as zeros and is
 * known to (a clear bit, a hole, an explicit zero of a child). `parent`: comes from an ancestor and is stored there.
 * `unallocated`: stored nowhere in the chain, reads as zeros.
 */
export type ExtentState = 'data' | 'zero' | 'parent' | 'unallocated';

export interface DiskExtent {
  /** Guest bytes, `[offset, offset + length)`. */
  readonly offset: number;
  readonly length: number;
  readonly state: ExtentState;
  /** 0 for the file that was opened, 1 for its parent, and so on: the file that decides. */
  readonly depth: number;
  /** Byte offset of the first byte in the file of `depth`, where it is stored. */
  readonly fileOffset?: number | undefined;
}

/**
 * The guest-visible bytes of an image. The engine's central interface: every verb reads through it, whatever lies
 * beneath: fixed, dynamic, a chain, or raw.
 */
export interface VirtualDisk {
  readonly sizeBytes: number;
  /** Data bytes of a block for block formats; null for fixed and raw. */
  readonly blockSizeBytes: number | null;
  /**
   * Fills `target` from guest offset `offset`.
   * @throws AppError `damaged-range` where the metadata cannot be trusted there; `usage` outside `[0, sizeBytes)`.
   */
  readAt(target: Uint8Array, offset: number): Promise<void>;
  /**
   * Extents that tile `[offset, offset + length)` in order; neighbours of one kind may be split. Reads metadata and
   * bitmaps only. Lazy: memory stays bounded on any size.
   */
  extents(offset: number, length: number): AsyncIterable<DiskExtent>;
  close(): Promise<void>;
}

/** A disk that can be written; one writer at a time, under the exclusive lock. */
export interface WritableDisk extends VirtualDisk {
  /** @throws AppError; after a failed write the disk refuses further writes. */
  writeAt(source: Uint8Array, offset: number): Promise<void>;
  /** Makes `[offset, offset + length)` read as zeros; in a child this hides the parent. */
  writeZeros(offset: number, length: number): Promise<void>;
  flush(): Promise<void>;
}

/** What every long operation takes. */
export interface OperationContext {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

export type { Progress };
