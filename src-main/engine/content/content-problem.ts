/** What is wrong with the content of a disk, by what it says of itself. */
export type ContentProblemKind =
  /** The primary GPT is broken, and its backup was used. */
  | 'gpt-primary-damaged'
  /** There is no sound backup of the GPT. */
  | 'gpt-backup-missing'
  /** The backup is sound, but not in the last sector of the disk. */
  | 'gpt-backup-displaced'
  /** The MBR says that there is a GPT, and neither copy can be read. */
  | 'gpt-unreadable'
  /** The GPT stands where it stands on disks whose sectors have 4,096 bytes. */
  | 'gpt-large-sectors'
  /** A partition ends behind the end of the disk. */
  | 'partition-past-end'
  /** A file system spans more than its partition or the disk has room for. */
  | 'file-system-too-large'
  /** The chain of extended boot records cannot be followed. */
  | 'extended-broken';

export interface ContentProblem {
  readonly kind: ContentProblemKind;
  /** A sentence for people. */
  readonly text: string;
  /** The structure: a header's sector, a partition, in guest bytes; it may end behind the disk. Null where none is meant. */
  readonly guest: { readonly offset: number; readonly length: number } | null;
  /** Where it must end or begin instead, in guest bytes, where that can be said. */
  readonly expectedBytes?: number;
  /** Where it ends or begins by its own words, in guest bytes. */
  readonly foundBytes?: number;
  /** Number of the partition that is meant. */
  readonly partition?: number;
}
