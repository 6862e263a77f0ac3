import type { FileExtent, RandomAccessFile } from './random-access-file';

/** Extents one behind the other, neighbours of one kind as one. */
export class ExtentTiles {
  readonly extents: FileExtent[] = [];
  position: number;

  constructor(start: number) {
    this.position = start;
  }

  /** From where the last one ends up to `to`; nothing where that is no further. */
  add(kind: FileExtent['kind'], to: number): void {
    if (to <= this.position) return;
    const last = this.extents.at(-1);
    const length = to - this.position;
    if (last?.kind === kind)
      this.extents[this.extents.length - 1] = { ...last, length: last.length + length };
    else this.extents.push({ offset: this.position, length, kind });
    this.position = to;
  }

  /** What `file` holds at the same place, up to `to`; a hole behind its end. */
  async addHeldBy(file: RandomAccessFile, to: number): Promise<void> {
    if (to <= this.position) return;
    for (const { kind, offset, length } of await file.extents(this.position, to - this.position))
      this.add(kind, offset + length);
    this.add('hole', to);
  }
}
