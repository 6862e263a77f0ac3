/** What is inside the disk, looked at without changing it. */
export interface PartitionFacts {
  readonly index: number;
  readonly offset: number;
  readonly length: number;
  readonly type: string;
  readonly name: string;
  readonly fileSystem: string | null;
}

export interface ContentFacts {
  readonly partitionTable: 'gpt' | 'mbr' | 'none' | 'unreadable';
  readonly partitions: readonly PartitionFacts[];
  /** First byte after everything known to be in use; null where nothing is known. */
  readonly usedEndBytes: number | null;
  readonly problems: readonly string[];
}
