import type { ByteChange } from '../../src-shared/model';

export const HEX_ROW_BYTES = 16;

/** Bytes as an array of two-digit texts, from hex without spaces. */
export function hexPairs(hex: string): string[] {
  return hex.replace(/[^0-9a-fA-F]/g, '').match(/../g) ?? [];
}

/** The printable character of a byte, or a middle dot. */
export function asciiOf(pair: string): string {
  const code = Number.parseInt(pair, 16);
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '·';
}

/** One byte of a difference; null where that side has none. */
export interface DiffCell {
  readonly before: string | null;
  readonly after: string | null;
  readonly differs: boolean;
}

export interface DiffRow {
  readonly offset: number;
  readonly cells: readonly (DiffCell | null)[];
  readonly differs: boolean;
}

/** A byte change as rows of 16 aligned to the file; cells outside the change are null. */
export function diffRows(change: ByteChange): DiffRow[] {
  const before = hexPairs(change.before);
  const after = hexPairs(change.after);
  const length = Math.max(before.length, after.length);
  const start = change.offset - (change.offset % HEX_ROW_BYTES);
  const rows: DiffRow[] = [];
  for (let offset = start; offset < change.offset + length; offset += HEX_ROW_BYTES) {
    const cells = Array.from({ length: HEX_ROW_BYTES }, (_, column) => {
      const index = offset + column - change.offset;
      if (index < 0 || index >= length) return null;
      const cell = { before: before[index] ?? null, after: after[index] ?? null };
      return { ...cell, differs: cell.before !== cell.after };
    });
    rows.push({ offset, cells, differs: cells.some((cell) => cell?.differs) });
  }
  return rows;
}

/** Bytes that differ in a change, a cut or added byte included. */
export function countDifferences(change: ByteChange): number {
  return diffRows(change).reduce((sum, row) => sum + row.cells.filter((cell) => cell?.differs).length, 0);
}
