/** Block states, in the order of their codes in a state array. */
export const BLOCK_STATES = ['unallocated', 'zero', 'data', 'partial', 'parent'] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

/** Equal neighbours merged. `fileOffset` is the data of the first block, where the blocks lie one after another in the file. */
export interface BlockRun {
  readonly index: number;
  readonly count: number;
  readonly state: BlockState;
  readonly fileOffset?: number | undefined;
}

/** `platter map --json`. */
export interface BlockMap {
  readonly blockSizeBytes: number;
  readonly blocks: readonly BlockRun[];
}

/** `qemu-img map --output=json`. */
export interface QemuExtent {
  readonly start: number;
  readonly length: number;
  readonly depth: number;
  readonly present: boolean;
  readonly zero: boolean;
  readonly data: boolean;
  readonly offset?: number | undefined;
}

/**
 * What the map screen draws: one byte a block in `states` (MAP_CELL_STATES), the file offset of each block's
 * bitmap in sectors (BAT_UNUSED where there is none), and the areas of the file itself.
 */
export const MAP_CELL_STATES = [
  'unallocated',
  'allocated',
  'partial',
  'zero',
  'parent',
  'overlap',
  'outside',
  'unaligned',
  'metadata',
  'unreferenced',
  'footer',
] as const;
export type MapCellState = (typeof MAP_CELL_STATES)[number];

/** An area of the file, `[offset, offset + length)`. */
export interface FileArea {
  readonly offset: number;
  readonly length: number;
  readonly kind:
    | 'footerCopy'
    | 'dynamicHeader'
    | 'bat'
    | 'batmap'
    | 'parentLocator'
    | 'blocks'
    | 'gap'
    | 'footer'
    | 'data'
    | 'unknown';
  readonly index?: number | undefined;
}

export interface MapView {
  readonly blockSizeBytes: number;
  readonly sectorBitmapBytes: number;
  readonly virtualSizeBytes: number;
  readonly fileSizeBytes: number;
  readonly blockCount: number;
  /** One MAP_CELL_STATES index a block. */
  readonly states: Uint8Array;
  /** One big-endian u32 a block: the sector of its bitmap, 0xFFFFFFFF where unallocated; empty for a fixed disk. */
  readonly sectors: Uint8Array;
  /** For cells in state `parent`: how many generations up the data lies (1 = the parent); empty where there is no chain. */
  readonly owners: Uint8Array;
  readonly ownerNames: readonly string[];
  readonly areas: readonly FileArea[];
  readonly counts: Readonly<Partial<Record<MapCellState, number>>>;
  /** Whether bitmaps were read (partial, zero and parent are known) or only the BAT. */
  readonly depth: 'bat' | 'bitmaps';
}
