import { batmapFullBlocks } from './block/batmap-full-blocks';
import { bitmapBitsBeyondEnd } from './block/bitmap-bits-beyond-end';
import { blockDataLost } from './block/block-data-lost';
import { blocksNeverWritten } from './block/blocks-never-written';
import { blocksZero } from './block/blocks-zero';
import { dataUnderClearBits } from './block/data-under-clear-bits';
import { unreferencedData } from './block/unreferenced-data';
import { contentBeyondDisk } from './content/content-beyond-disk';
import { gptBackupMissing } from './content/gpt-backup-missing';
import { gptDamaged } from './content/gpt-damaged';
import { gptSectorSize } from './content/gpt-sector-size';
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
  // content
  contentBeyondDisk,
  gptBackupMissing,
  gptDamaged,
  gptSectorSize,
];
