import type { StructureName } from '../../../src-shared/model/finding';

/** A stretch of the file, `[offset, end)` in bytes, that belongs to a structure. */
export interface ByteArea {
  readonly structure: StructureName;
  readonly offset: number;
  readonly end: number;
  readonly index?: number;
}

export const overlaps = (a: { offset: number; end: number }, b: { offset: number; end: number }): boolean =>
  a.offset < b.end && b.offset < a.end;
