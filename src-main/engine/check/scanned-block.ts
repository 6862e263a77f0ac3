/** What a deep check sees of one allocated block. */
export interface BlockScan {
  readonly index: number;
  /** Byte offset of its bitmap. */
  readonly offset: number;
  readonly bitmap: Uint8Array;
  /** Sectors of the block that belong to the disk: fewer in a last block that the disk ends in. */
  readonly sectors: number;
  /** Sectors a whole block has. */
  readonly sectorsOfBlock: number;
  readonly setSectors: number;
  /** Sectors with other bytes than zero, as far as the file goes. */
  readonly nonZeroSectors: number;
  /** Sectors with a clear bit and other bytes than zero. */
  readonly dirtySectors: number;
  /** Sector within the block of the first of those; -1 where there is none. */
  readonly firstDirtySector: number;
  /** Sectors whose bit is set and whose data lies behind the file's end. */
  readonly lostSectors: number;
}
