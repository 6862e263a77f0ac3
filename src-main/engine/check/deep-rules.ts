import { batmapFullBlocks } from './block/batmap-full-blocks';
import { bitmapBitsBeyondEnd } from './block/bitmap-bits-beyond-end';
import { blockDataLost } from './block/block-data-lost';
import { blocksNeverWritten } from './block/blocks-never-written';
import { blocksZero } from './block/blocks-zero';
import { dataUnderClearBits } from './block/data-under-clear-bits';
import { unreferencedData } from './block/unreferenced-data';
import type { Rule } from './rule';

/** Rules of a deep check, loaded when one is asked for. */
export const DEEP_RULES: readonly Rule[] = [
  // block
  batmapFullBlocks,
  bitmapBitsBeyondEnd,
  blockDataLost,
  blocksNeverWritten,
  blocksZero,
  dataUnderClearBits,
  unreferencedData,
];
