/** A stretch of the host file, `[offset, offset + length)` in bytes. A hole reads as zeros and costs nothing. */
export interface FileExtent {
  readonly offset: number;
  readonly length: number;
  readonly kind: 'data' | 'hole';
}

/**
 * The seam between the engine and bytes on disk. Positional only: there is no cursor to share.
 * Every method may throw an AppError of kind `system`.
 */
export interface RandomAccessFile {
  /** For messages only. */
  readonly path: string;
  readonly writable: boolean;
  /** Length in bytes, as it is now. */
  size(): Promise<number>;
  /** Fills `target` from `offset`; returns how many bytes there were, less than asked for only at the file's end. */
  readAt(target: Uint8Array, offset: number): Promise<number>;
  /**
   * Fills parts that lie one behind the other from `offset`, in one call of the system where it can. May give fewer
   * bytes than there are; who needs them all asks `readAt` for the rest. Absent where it would save nothing.
   */
  readPartsAt?(parts: readonly Uint8Array[], offset: number): Promise<number>;
  /**
   * The same as `readAt` while everything else waits: for a little that is asked for in the middle of a calculation.
   * Only where the file is not changed through this handle, and can be read so.
   */
  readonly readSync?: (target: Uint8Array, offset: number) => number;
  /** Writes all of `source` at `offset`, growing the file where needed, or throws. */
  writeAt(source: Uint8Array, offset: number): Promise<void>;
  setSize(bytes: number): Promise<void>;
  /** Returns once everything written so far would survive a power cut. */
  flush(): Promise<void>;
  /** Makes `[offset, offset + length)` read as zeros, as a hole where the file system can. Never changes the size. */
  zeroRange(offset: number, length: number): Promise<void>;
  /** Data and holes of `[offset, offset + length)`, in order, tiling it up to the file's end. */
  extents(offset: number, length: number): Promise<readonly FileExtent[]>;
  close(): Promise<void>;
}
