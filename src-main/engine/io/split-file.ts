import { AppError } from '../../../src-shared/errors';
import type { FileExtent, RandomAccessFile } from './random-access-file';

interface Part {
  readonly file: RandomAccessFile;
  readonly start: number;
  readonly sizeBytes: number;
}

/** Several files read as one, their bytes in order. Read only: nothing grows or is cut across parts. */
export class SplitFile implements RandomAccessFile {
  readonly path: string;
  readonly writable = false;
  readonly #parts: readonly Part[];

  private constructor(path: string, parts: readonly Part[]) {
    this.path = path;
    this.#parts = parts;
  }

  /** Takes the parts over: `close` closes them. */
  static async over(parts: readonly RandomAccessFile[]): Promise<SplitFile> {
    let start = 0;
    const placed: Part[] = [];
    for (const file of parts) {
      const sizeBytes = await file.size();
      placed.push({ file, start, sizeBytes });
      start += sizeBytes;
    }
    return new SplitFile(parts[0]?.path ?? '', placed);
  }

  /** Of its parts, in order. */
  get paths(): readonly string[] {
    return this.#parts.map(({ file }) => file.path);
  }

  size(): Promise<number> {
    const last = this.#parts.at(-1);
    return Promise.resolve(last ? last.start + last.sizeBytes : 0);
  }

  async readAt(target: Uint8Array, offset: number): Promise<number> {
    let filled = 0;
    for (const { file, start, sizeBytes } of this.#parts) {
      const position = offset + filled;
      if (filled >= target.length || position >= start + sizeBytes) continue;
      const length = Math.min(target.length - filled, start + sizeBytes - position);
      const count = await file.readAt(target.subarray(filled, filled + length), position - start);
      filled += count;
      if (count < length) break;
    }
    return filled;
  }

  async extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const found: FileExtent[] = [];
    for (const { file, start, sizeBytes } of this.#parts) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + sizeBytes);
      if (from >= to) continue;
      for (const extent of await file.extents(from - start, to - from)) {
        found.push({ ...extent, offset: extent.offset + start });
      }
    }
    return found;
  }

  writeAt(): Promise<void> {
    return Promise.reject(this.#readOnly());
  }

  setSize(): Promise<void> {
    return Promise.reject(this.#readOnly());
  }

  zeroRange(): Promise<void> {
    return Promise.reject(this.#readOnly());
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    for (const { file } of this.#parts) await file.close();
  }

  #readOnly(): AppError {
    return splitIsReadOnly(this.path);
  }
}

/** Paths of the files that an image lies in, in order. */
export const pathsOfFile = (file: RandomAccessFile): readonly string[] =>
  file instanceof SplitFile ? file.paths : [file.path];

export const splitIsReadOnly = (path: string): AppError =>
  new AppError('unsupported', `"${path}" is a split set, which can be read but not changed.`, {
    hint: 'Convert it into a single image first.',
    context: { path },
    unchanged: 'Nothing was written.',
  });
