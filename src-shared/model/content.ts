/** One partition, `[offset, offset + length)` in guest bytes. */
export interface PartitionFacts {
  /** Its number in the table, from 1. */
  readonly index: number;
  readonly offset: number;
  readonly length: number;
  /** In words, such as `EFI system` or `Linux`. */
  readonly type: string;
  readonly name: string;
  readonly fileSystem: string | null;
}

/** What is inside the disk, looked at without changing it. */
export interface ContentFacts {
  readonly partitionTable: 'gpt' | 'mbr' | 'none' | 'unreadable';
  readonly partitions: readonly PartitionFacts[];
  /** A file system that fills the disk without a partition table. */
  readonly fileSystem: string | null;
  /** First byte of GPT's backup (its entries), which must stay at the end of the disk; null without GPT or where it is missing. */
  readonly gptBackupOffset: number | null;
  /** First byte after every partition or whole-disk file system; null where nothing is known. */
  readonly usedEndBytes: number | null;
  readonly problems: readonly string[];
}
