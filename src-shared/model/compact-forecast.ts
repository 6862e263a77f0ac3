/** `platter compact --estimate --json`: what would be gained, by cause. */
export interface CompactForecast {
  readonly path: string;
  readonly fileSizeBeforeBytes: number;
  readonly fileSizeAfterBytes: number;
  readonly savedBytes: number;
  readonly byCause: {
    readonly zeroBlocksBytes: number;
    readonly gapsBytes: number;
    readonly surplusTableBytes: number;
    readonly trailingBytes: number;
  };
  readonly blocksBefore: number;
  readonly blocksAfter: number;
  readonly unalignedBlocks: number;
}
